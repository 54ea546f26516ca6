package inspect

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pristine/capture"
	"pristine/prompts"
)

// patched sees one patch in every frame, as good parts have it.
type patched struct{ turned int }

func (p *patched) Encode(_ context.Context, _ *capture.Frame, o *prompts.Observation) error {
	one := []float32{0, 1, 0}
	*o = prompts.Observation{Bundle: "b", Embedding: one, Patches: one, Features: one, PatchGrid: [2]int{1, 1}, FeatureGrid: [2]int{1, 1}}
	return nil
}

func (p *patched) turn(_ context.Context, _ *capture.Frame, o *prompts.Observation) error {
	p.turned++
	o.Turned = []float32{0, 1, 0, 0, 1, 0, 0, 1, 0}
	return nil
}

// Of the parts that a camera learns, only references are encoded turned, and none
// where the set never uses that or they are too few for it.
func TestLearner_OnlyReferencesTurned(t *testing.T) {
	for _, c := range []struct {
		option      prompts.Turned
		parts, want int
	}{{prompts.TurnedAuto, 6, 3}, {prompts.TurnedAlways, 6, 3}, {prompts.TurnedNever, 6, 0}, {prompts.TurnedAuto, 5, 0}} {
		set, err := prompts.Parse("set.yaml", []byte("name: odd\nobject: lid\npristine: [good]\ndefects: {odd: {prompts: [odd]}}\nturned: "+string(c.option)+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		bank, err := prompts.NewBank(context.Background(), set, letters{}, prompts.BundleInfo{Hash: "b", Dim: 3, LogitScale: 10, PatchLogitScale: 10})
		if err != nil {
			t.Fatal(err)
		}
		encoder, references := &patched{}, prompts.NewReferences("b", nil)
		learned := learnParts(t, c.parts, LearnOptions{Parts: c.parts, Turn: encoder.turn}, encoder, bank, references)
		if encoder.turned != c.want || learned.References() != c.parts/referenceShare || learned.Turned() != (c.want > 0) {
			t.Errorf("%s: %d of %d references were encoded turned; in use: %v; want encoder.turned == c.want, learned.References() == c.parts/referenceShare, learned.Turned() == (c.want > 0)", c.option, encoder.turned, learned.References(), learned.Turned())
		}
	}
}

// learnParts runs a station on parts of one frame each until it has learned, and
// returns the bank.
func learnParts(t *testing.T, parts int, o LearnOptions, encoder Encoder, bank *prompts.Bank, references *prompts.References) (learned *prompts.Bank) {
	t.Helper()
	o.Learned = func(b *prompts.Bank) { learned = b }
	o.Failed = func(err error) { t.Error(err) }
	frames := &script{}
	for i := range parts {
		frames.frames = append(frames.frames, frame(20, fmt.Sprintf("p-%d", i), true))
	}
	s := New(Options{Camera: "c"}, frames, encoder, func() Scorer { return bank }, &collector{})
	s.Learn(NewLearner(o, bank, references, prompts.NewReferences("b", nil)), nil)
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if learned == nil {
		t.Fatal("the station did not learn")
	}
	return learned
}

// A part that is learned from has no verdict: it is INVALID learning, and so is
// each part after learning failed.
func TestStation_LearnedPartsAreInvalid(t *testing.T) {
	set, err := prompts.Parse("set.yaml", []byte("name: odd\nobject: lid\npristine: [good]\ndefects: {odd: {prompts: [odd]}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	bank, err := prompts.NewBank(context.Background(), set, letters{}, prompts.BundleInfo{Hash: "b", Dim: 3, LogitScale: 10, PatchLogitScale: 10})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		references string // bundle that they are of
		parts      int
		want       []Reason
		failed     bool
	}{
		"learns":           {"b", 6, []Reason{"learning", "learning", "learning", "learning", "learning", "learning", ""}, false},
		"another bundle":   {"other", 3, []Reason{"learning", "learning", "learning"}, true},
		"ends before that": {"b", 2, []Reason{"learning", "learning"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			live, results, frames := bank, &collector{}, &script{}
			for i := range len(tc.want) {
				frames.frames = append(frames.frames, frame(20, fmt.Sprintf("p-%d", i), true))
			}
			s := New(Options{Camera: "c"}, frames, &patched{}, func() Scorer { return live }, results)
			var failed error
			s.Learn(NewLearner(LearnOptions{Parts: 6, Learned: func(b *prompts.Bank) { live = b }, Failed: func(err error) { failed = err }},
				bank, prompts.NewReferences(tc.references, nil), prompts.NewReferences(tc.references, nil)), nil)
			if err := s.Run(context.Background()); err != nil {
				t.Fatal(err)
			}
			var got []Reason
			for _, r := range results.got {
				got = append(got, r.reason)
				if (r.reason == ReasonLearning) != (r.verdict == Invalid) {
					t.Errorf("part %s: got %s %s", r.part, r.verdict, r.reason)
				}
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("reasons: got %q, want %q", got, tc.want)
			}
			if (failed != nil) != tc.failed || (live.References() > 0) == tc.failed {
				t.Errorf("failed: got %v with %d references, want %v", failed, live.References(), tc.failed)
			}
		})
	}
}
