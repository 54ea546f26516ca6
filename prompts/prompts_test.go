package prompts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// wordEncoder embeds a text as the words in it: [good, scratch, stain], unit.
type wordEncoder struct{}

func (wordEncoder) Encode(_ context.Context, texts []string) ([][]float32, error) {
	var all [][]float32
	for _, text := range texts {
		v := []float32{0.1, 0.1, 0.1}
		for i, word := range []string{"flawless", "scratch", "stain"} {
			if strings.Contains(text, word) {
				v[i] = 1
			}
		}
		n := float32(norm(v))
		for i := range v {
			v[i] /= n
		}
		all = append(all, v)
	}
	return all, nil
}

const setFile = `
name: test
object: lid
pristine: ["flawless {}"]
defects:
  scratch: {prompts: ["scratched {}"]}
  stain: {prompts: ["stained {}"]}
templates: ["a photo of a {}"]
text_weight: 0.5
`

var bundle = BundleInfo{Hash: "b", Dim: 3, LogitScale: 10, PatchLogitScale: 10}

func testBank(t *testing.T) *Bank {
	t.Helper()
	set, err := Parse("set.yaml", []byte(setFile))
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewBank(context.Background(), set, wordEncoder{}, bundle)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// look is an observation of a 2×2 grid whose patches and features are the
// given unit vectors.
func look(embedding []float32, patches ...[]float32) *Observation {
	o := &Observation{Bundle: "b", Embedding: embedding, PatchGrid: [2]int{2, 2}, FeatureGrid: [2]int{2, 2}}
	for _, p := range patches {
		o.Patches = append(o.Patches, p...)
		o.Features = append(o.Features, p...)
	}
	return o
}

func at(angle float64) []float32 {
	return []float32{float32(math.Cos(angle)), float32(math.Sin(angle)), 0}
}

func TestTextScoresRankAndName(t *testing.T) {
	b := testBank(t)
	var good, bad Scores
	if err := b.Score(look(at(0), at(0), at(0), at(0), at(0)), &good); err != nil {
		t.Fatal(err)
	}
	if err := b.Score(look(at(math.Pi/4), at(0), at(0), at(0), at(math.Pi/2)), &bad); err != nil {
		t.Fatal(err)
	}
	if bad.Raw <= good.Raw || bad.Defect <= 0.5 || good.Defect >= 0.5 || bad.Top != "scratch" || bad.Unknown {
		t.Errorf("good %+v, bad %+v", good, bad)
	}
	sum := 0.0
	for _, c := range bad.Classes {
		sum += c.Probability
	}
	if math.Abs(sum-1) > 1e-9 || bad.Classes[0].Kind != Pristine {
		t.Errorf("classes %+v", bad.Classes)
	}
}

func TestASetThatSaysNothingIsUnknown(t *testing.T) {
	set, err := Parse("set.yaml", []byte("name: x\nobject: lid\npristine: [red]\ndefects: {blue: {prompts: [blue]}}"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewBank(context.Background(), set, wordEncoder{}, bundle)
	if err != nil {
		t.Fatal(err)
	}
	var s Scores
	if err := b.Score(look(at(0), at(0), at(0), at(0), at(0)), &s); err != nil || !s.Unknown {
		t.Errorf("unknown is %v, %v", s.Unknown, err)
	}
}

func TestReferencesFindWhatIsUnlikeThem(t *testing.T) {
	for _, pictures := range []int{1, 4} {
		r := NewReferences("b", nil)
		for i := range pictures {
			tilt := 0.01 * float64(i)
			if err := r.Add(look(at(tilt), at(tilt), at(0.05+tilt), at(0.1), at(0.15))); err != nil {
				t.Fatal(err)
			}
		}
		b, err := testBank(t).WithReferences(r)
		if err != nil {
			t.Fatal(err)
		}
		var good, bad Scores
		if err := b.Score(look(at(0), at(0.02), at(0.06), at(0.1), at(0.15)), &good); err != nil {
			t.Fatal(err)
		}
		if err := b.Score(look(at(0), at(0), at(0.05), at(0.1), at(1.2)), &bad); err != nil {
			t.Fatal(err)
		}
		if most := map[int]float64{1: b.Set.Thresholds.Review, 4: 0.3}[pictures]; good.Defect > most || bad.Defect < 0.7 {
			t.Errorf("%d references: a good part has P(defect) %.3f, a bad one %.3f", pictures, good.Defect, bad.Defect)
		}
		worst := 0
		for i, v := range bad.Map {
			if v > bad.Map[worst] {
				worst = i
			}
		}
		if worst != 3 {
			t.Errorf("%d references: the map is highest at patch %d, want 3", pictures, worst)
		}
	}
}

func TestTheTextMovesWhatReferencesSay(t *testing.T) {
	r := NewReferences("b", nil)
	for i := range 4 {
		tilt := 0.01 * float64(i)
		if err := r.Add(look(at(tilt), at(tilt), at(0.05+tilt), at(0.1), at(0.15))); err != nil {
			t.Fatal(err)
		}
	}
	raw := func(weight TextWeight, o *Observation) (float64, float64) {
		t.Helper()
		b := testBank(t)
		b.Set.TextWeight = weight
		with, err := b.WithReferences(r)
		if err != nil {
			t.Fatal(err)
		}
		var s Scores
		if err := with.Score(o, &s); err != nil {
			t.Fatal(err)
		}
		return s.Raw, s.Reference
	}
	plain := look(at(0), at(0), at(0.05), at(0.1), at(0.15))
	patch, whole := look(at(0), at(0), at(0.05), at(0.1), at(0.15)), look(at(1.2), at(0), at(0.05), at(0.1), at(0.15))
	copy(patch.Patches[9:], at(1.2)) // the text dislikes it, the features are those of a reference
	for name, o := range map[string]*Observation{"patch": patch, "whole picture": whole} {
		for _, weight := range []TextWeight{TextAuto, 0, 1} {
			base, _ := raw(weight, plain)
			got, reference := raw(weight, o)
			if moved := got > base; moved != (weight != 0) {
				t.Errorf("%s, weight %v: %v beside %v", name, weight, got, base)
			}
			if weight == 0 && got != reference {
				t.Errorf("%s: without text the score is %v, the references say %v", name, got, reference)
			}
		}
	}
}

func TestReviewBeginsAtThreeQuartersOfASpreadAndFailAtThree(t *testing.T) {
	r, thresholds := References{center: 10, spread: 0.5}, defaults().Thresholds
	for raw, want := range map[float64]float64{10.375: thresholds.Review, 10.9375: 0.5, 11.5: thresholds.Fail} {
		if p := r.probability(raw); math.Abs(p-want) > 1e-3 {
			t.Errorf("P(defect) %.4f at %v, want %v", p, raw, want)
		}
	}
}

func TestNumbersThatAreNotFiniteAreAnError(t *testing.T) {
	r := NewReferences("b", nil)
	for i := range 3 {
		if err := r.Add(look(at(0), at(0.01*float64(i)), at(0.05), at(0.1), at(0.15))); err != nil {
			t.Fatal(err)
		}
	}
	with, err := testBank(t).WithReferences(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		for name, damage := range map[string]func(*Observation){
			"patch": func(o *Observation) { o.Patches[4] = float32(bad) },
			"whole": func(o *Observation) { o.Embedding[0] = float32(bad) },
		} {
			for _, b := range []*Bank{testBank(t), with} {
				o, s := look(at(0), at(0), at(0), at(0), at(0)), Scores{}
				damage(o)
				if err := b.Score(o, &s); !errors.Is(err, errDamaged) {
					t.Errorf("%v in %s gave %v, score %v", bad, name, err, s.Raw)
				}
			}
		}
	}
}

func TestVectorsOfTwoBundlesAreNeverCompared(t *testing.T) {
	b, o := testBank(t), look(at(0), at(0), at(0), at(0), at(0))
	o.Bundle = "other"
	var s Scores
	if err := b.Score(o, &s); !errors.Is(err, ErrBundle) {
		t.Errorf("a picture of another bundle gave %v", err)
	}
	r := NewReferences("other", nil)
	if err := r.Add(look(at(0), at(0), at(0), at(0), at(0))); !errors.Is(err, ErrBundle) {
		t.Errorf("a reference of another bundle gave %v", err)
	}
	if _, err := b.WithReferences(r); !errors.Is(err, ErrBundle) {
		t.Errorf("references of another bundle gave %v", err)
	}
}

func TestScoreAllocatesNothing(t *testing.T) {
	r := NewReferences("b", nil)
	o := look(at(0.3), at(0), at(0.05), at(0.1), at(0.5))
	for range 3 {
		if err := r.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	b, err := testBank(t).WithReferences(r)
	if err != nil {
		t.Fatal(err)
	}
	var s Scores
	if n := testing.AllocsPerRun(100, func() { _ = b.Score(o, &s) }); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func TestSentences(t *testing.T) {
	s := defaults()
	s.Object, s.Templates = "aluminium lid", Templates{"a photo of a {}", "the {}"}
	got := slices.Concat(s.Sentences("{}"), s.Sentences("a broken {}"), s.Sentences("{} with a dent"))
	want := []string{
		"a photo of an aluminium lid", "the aluminium lid", "a photo of a broken aluminium lid", "a broken aluminium lid",
		"a photo of an aluminium lid with a dent", "the aluminium lid with a dent",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryMistakeOfASetAtOnce(t *testing.T) {
	_, err := Parse("s.yaml", []byte(`objekt: lid
pristine: []
defects:
  scratch: {prompts: [a, a], severity: bad}
templates: ["no place"]
thresholds: {review: 0.9, fail: 0.2}
text_weight: -1
`))
	want := `s.yaml:1: name: must name the set
s.yaml:1: objekt: unknown key: did you mean object?
s.yaml:2: pristine: must list at least one prompt
s.yaml:4: defects.scratch.prompts[1]: "a" is listed twice
s.yaml:4: defects.scratch.severity: must be minor, major or critical (got "bad")
s.yaml:5: templates[0]: must hold {} once, in the place of the state (got "no place")
s.yaml:6: thresholds: must be 0 < review ≤ fail ≤ 1 (got review 0.9, fail 0.2)
s.yaml:7: text_weight: must be auto or between 0 and 10 (got -1)`
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
}

// A set that an agent would encode for many minutes is refused.
func TestSentencesAreBounded(t *testing.T) {
	set := func(prompts int) string {
		text := "name: a\nobject: lid\ndefects:\n  scratch:\n    prompts:\n"
		for i := range prompts {
			text += fmt.Sprintf("      - scratched {} %d\n", i)
		}
		return text + "pristine: [\"good {}\"]\ntemplates: [\"a photo of a {}\", \"a {}\"]\n"
	}
	if _, err := Parse("set.yaml", []byte(set(4999))); err != nil {
		t.Errorf("10000 sentences: %v", err)
	}
	_, err := Parse("set.yaml", []byte(set(5000)))
	if want := "set.yaml:3: defects: there are 5001 prompts with 2 templates each, which is 10002 sentences to encode: keep them to 10000"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestShippedSetsAreGood(t *testing.T) {
	files, err := filepath.Glob("../configs/prompts/*.yaml")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %v, %v", files, err)
	}
	for _, file := range files {
		if _, err := Load(file); err != nil {
			t.Error(err)
		}
	}
}

func TestAnEditTakesEffectAndABadOneDoesNot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "set.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(setFile)
	live := NewLive(testBank(t))
	type outcome struct {
		bank *Bank
		err  error
	}
	outcomes := make(chan outcome, 1000)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		live.Follow(ctx, file, time.Millisecond, func(ctx context.Context, s *Set) (*Bank, error) {
			return live.Bank().Rebuild(ctx, s, wordEncoder{})
		}, func(b *Bank, err error) { outcomes <- outcome{b, err} })
	}()
	deadline := time.After(30 * time.Second)
	// until writes a text again and again, each time a little different, until
	// an outcome is as wanted: Follow takes what is half written for
	// unfinished.
	until := func(text string, wanted func(outcome) bool) {
		t.Helper()
		for i := 0; ; i++ {
			write(text + strings.Repeat("\n", i+1))
			select {
			case o := <-outcomes:
				if wanted(o) {
					return
				}
			case <-time.After(100 * time.Millisecond):
			case <-deadline:
				t.Fatal("the edit was not seen")
			}
		}
	}
	until(strings.Replace(setFile, "name: test", "name: edited", 1), func(o outcome) bool { return o.err == nil && o.bank.Set.Name == "edited" })
	if name := live.Bank().Set.Name; name != "edited" {
		t.Errorf("the live set is %q", name)
	}
	until("nonsense: [", func(o outcome) bool { return o.err != nil && strings.Contains(o.err.Error(), "not valid YAML") })
	if name := live.Bank().Set.Name; name != "edited" {
		t.Errorf("after a bad edit the live set is %q", name)
	}
	cancel()
	<-done
}

func TestAnEditBeforeFollowBeginsTakesEffectToo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "set.yaml")
	live := NewLive(testBank(t))
	if err := os.WriteFile(file, []byte(strings.Replace(setFile, "name: test", "name: edited", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	live.Follow(ctx, file, time.Millisecond, func(ctx context.Context, s *Set) (*Bank, error) {
		return live.Bank().Rebuild(ctx, s, wordEncoder{})
	}, func(*Bank, error) { cancel() })
	if name := live.Bank().Set.Name; name != "edited" {
		t.Errorf("the live set is %q", name)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(setFile))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := Parse("f", data); (s == nil) == (err == nil) {
			t.Fatal("a set or an error, not both")
		}
	})
}
