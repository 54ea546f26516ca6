package prompts

import (
	"context"
	"math"
	"strings"
	"testing"

	"pristine/verdict"
)

// severe is testBank with a minor scratch, a critical stain and the given
// verdicts.
func severe(t *testing.T, more string) *Bank {
	t.Helper()
	text := strings.Replace(setFile, `["scratched {}"]}`, `["scratched {}"], severity: minor}`, 1)
	text = strings.Replace(text, `["stained {}"]}`, `["stained {}"], severity: critical}`, 1)
	set, err := Parse("set.yaml", []byte(text+more))
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewBank(context.Background(), set, wordEncoder{}, bundle)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestScore_SeverityOfTheLikeliest(t *testing.T) {
	scratch, stain := []float32{0, 1, 0}, []float32{0, 0, 1}
	both := []float32{0, float32(math.Sqrt(0.5)), float32(math.Sqrt(0.5))}
	for name, tc := range map[string]struct {
		verdicts  string
		patch     []float32
		severity  verdict.Severity
		low, high float64 // of ReviewShare
	}{
		"all may fail":                    {"", scratch, verdict.Minor, 0, 0},
		"a scratch, minor for review":     {"verdicts: {minor: review}", scratch, verdict.Minor, 0.99, 1},
		"a stain, minor for review":       {"verdicts: {minor: review}", stain, verdict.Critical, 0, 0.01},
		"as much of both":                 {"verdicts: {minor: review}", both, verdict.Minor, 0.49, 0.51},
		"all for review":                  {"verdicts: {minor: review, major: review, critical: review}", stain, verdict.Critical, 1, 1},
		"a severity that no defect has":   {"verdicts: {major: review}", stain, verdict.Critical, 0, 0},
		"a temperature that underflows":   {"verdicts: {minor: review}\ntemperature: 0.0001", stain, verdict.Critical, 0, 0},
		"and the other way":               {"verdicts: {critical: review}\ntemperature: 0.0001", stain, verdict.Critical, 1, 1},
		"the place decides, not the rest": {"verdicts: {critical: review}", stain, verdict.Critical, 0.99, 1},
	} {
		t.Run(name, func(t *testing.T) {
			b, o := severe(t, tc.verdicts), look(at(0), at(0), at(0), at(0), tc.patch)
			var s Scores
			if err := b.Score(o, &s); err != nil {
				t.Fatal(err)
			}
			if s.Severity != tc.severity || !(s.ReviewShare >= tc.low && s.ReviewShare <= tc.high) {
				t.Errorf("got severity %q and a share for review of %v, want %q and %v to %v", s.Severity, s.ReviewShare, tc.severity, tc.low, tc.high)
			}
			if n := testing.AllocsPerRun(20, func() { _ = b.Score(o, &s) }); n > 0 {
				t.Errorf("got %v allocations a frame, want 0", n)
			}
		})
	}
}

// A weight is the prior odds of a defect: the likeliest and the share follow
// both, so that they agree.
func TestScore_LikeliestFollowsWeight(t *testing.T) {
	b := severe(t, "verdicts: {minor: review}")
	heavy := *b.Set
	stain := heavy.Defects["stain"]
	stain.Weight = 20
	heavy.Defects = map[string]State{"scratch": heavy.Defects["scratch"], "stain": stain}
	weighted, err := NewBank(context.Background(), &heavy, wordEncoder{}, bundle)
	if err != nil {
		t.Fatal(err)
	}
	o := look(at(0), at(0), at(0), at(0), []float32{0, 0.74, 0.6726})
	for _, tc := range []struct {
		bank *Bank
		want string
	}{{b, "scratch"}, {weighted, "stain"}} {
		var s Scores
		if err := tc.bank.Score(o, &s); err != nil {
			t.Fatal(err)
		}
		if s.Top != tc.want || (s.ReviewShare > 0.5) != (tc.want == "scratch") {
			t.Errorf("got %s with a share for review of %v, want %s", s.Top, s.ReviewShare, tc.want)
		}
	}
}

// Sets validated before there were verdicts keep their hash; one whose verdicts
// change does not, in either direction.
func TestSet_HashAndVerdicts(t *testing.T) {
	const before = "f2a70e7cd9e13c77aeec0a8a9947833f599ac6fa444df17b62c7c3919fbc194e"
	same := map[string]bool{
		"": true, "verdicts: {minor: fail}": true, "verdicts: {major: review}": true, // no defect is major
		"verdicts: {minor: review}": false, "verdicts: {critical: review}": false,
	}
	for more, want := range same {
		if got := severe(t, more).Set.Hash(); (got == before) != want {
			t.Errorf("%q: got the hash %s, want that of before (%s): %v", more, got, before, want)
		}
	}
}
