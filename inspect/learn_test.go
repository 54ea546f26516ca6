package inspect

import (
	"context"
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
func TestOnlyReferencesAreLearnedTurned(t *testing.T) {
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
		learned, err := Learn(context.Background(), LearnOptions{Parts: c.parts, Turn: encoder.turn}, &busy{}, encoder, bank, references)
		if err != nil {
			t.Fatal(err)
		}
		if encoder.turned != c.want || learned.References() != c.parts/referenceShare || learned.Turned() != (c.want > 0) {
			t.Errorf("%s: %d of %d references were encoded turned; in use: %v", c.option, encoder.turned, learned.References(), learned.Turned())
		}
	}
}
