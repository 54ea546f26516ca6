package prompts

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"testing"
)

func readJSON(t *testing.T, file string, v any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// With matching: nearest a picture's score is AnomalyDINO's, counted in standard
// deviations of good patches: see training/golden/patches.py.
func TestMatchingNearest_IsAnomalyDINOs(t *testing.T) {
	var golden []struct{ Features [][]float32 }
	var want [][]float64
	readJSON(t, "../infer/testdata/patches/dinov2.golden.json", &golden)
	readJSON(t, "../infer/testdata/patches/anomalydino.golden.json", &want)
	if len(golden) != 4 || len(want) != 2 {
		t.Fatalf("%d pictures, scores for %d", len(golden), len(want))
	}
	var pictures []*Observation
	for _, g := range golden {
		o := &Observation{Bundle: "b", Embedding: at(0), FeatureGrid: [2]int{4, 4}}
		for _, f := range g.Features {
			o.Features = append(o.Features, f...)
		}
		pictures = append(pictures, o)
	}
	for i, scores := range want {
		apart := 0.0
		for _, matching := range []Matching{MatchingNearest, MatchingAuto} {
			b := matched(t, matching, pictures[:i+1])
			whole := &b.references.scales[0]
			for k, o := range pictures {
				var s Scores
				if err := b.Score(o, &s); err != nil {
					t.Fatal(err)
				}
				got := s.Reference*whole.std + whole.mean
				if d := math.Abs(got - scores[k]); matching == MatchingAuto {
					apart = max(apart, d)
				} else if d > 1e-5 {
					t.Errorf("%d references, picture %d: %.6f, AnomalyDINO has %.6f", i+1, k, got, scores[k])
				}
			}
		}
		if apart < 0.01 {
			t.Error("auto has the same scores: the comparison cannot fail")
		}
	}
}

func matched(t *testing.T, m Matching, references []*Observation) *Bank {
	t.Helper()
	r := NewReferences("b", nil)
	for _, o := range references {
		if err := r.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	b := testBank(t)
	b.Set.Matching, b.Set.TextWeight, b.Set.Detail, b.Set.Turned = m, 0, 1, TurnedNever
	b, err := b.WithReferences(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What was calibrated with one matching does not hold for the other.
func TestMatching_IsInTheHashOfReferences(t *testing.T) {
	seen := []*Observation{look(at(0), at(0), at(0.05), at(0.1), at(0.15)), look(at(0), at(0.01), at(0.06), at(0.1), at(0.15))}
	auto, nearest := matched(t, MatchingAuto, seen), matched(t, MatchingNearest, seen)
	if auto.ReferencesHash() == nearest.ReferencesHash() {
		t.Error("both have one hash")
	}
	var good, bad Scores
	if err := errors.Join(nearest.Score(look(at(0), at(0), at(0.05), at(0.1), at(0.15)), &good), nearest.Score(look(at(0), at(0), at(0.05), at(0.1), at(1.2)), &bad)); err != nil {
		t.Fatal(err)
	}
	if good.Defect > 0.5 || bad.Defect < 0.7 {
		t.Errorf("a good part has P(defect) %.3f, a bad one %.3f", good.Defect, bad.Defect)
	}
}
