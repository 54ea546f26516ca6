package explain

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"pristine/prompts"
)

// words embeds a text by whether it says scratch.
type words struct{ dim int }

func (w words) Encode(_ context.Context, texts []string) ([][]float32, error) {
	all := make([][]float32, len(texts))
	for i, text := range texts {
		all[i] = make([]float32, w.dim)
		all[i][0] = 2 // not unit: scoring makes it so
		if strings.Contains(text, "scratch") {
			all[i][0], all[i][1] = 0, 2
		}
	}
	return all, nil
}

func set(t *testing.T) *prompts.Set {
	t.Helper()
	s, err := prompts.Parse("set.yaml", []byte("name: x\nobject: lid\npristine: [\"good {}\"]\ndefects: {scratch: {prompts: [\"scratched {}\"]}}\nlookalikes: {dust: {prompts: [\"dusty {}\"]}}"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTextsForAndAgainst(t *testing.T) {
	texts, err := Texts(context.Background(), set(t), words{2}, []float32{0.6, 0.8})
	if err != nil || len(texts) != 3 {
		t.Fatal(texts, err)
	}
	if first := texts[0]; first.Class != "scratch" || !first.Against() || math.Abs(first.Cosine-0.8) > 1e-6 {
		t.Errorf("%+v", first)
	}
	if second := texts[1]; second.Against() || math.Abs(second.Cosine-0.6) > 1e-6 {
		t.Errorf("%+v", second)
	}
}

// Vectors of two bundles are never compared: that is an error.
func TestOtherBundlesAreRefused(t *testing.T) {
	if _, err := Texts(context.Background(), set(t), words{3}, []float32{1, 0}); !errors.Is(err, prompts.ErrBundle) {
		t.Error(err)
	}
	o := observation("a", 1, 0, 1, 0)
	if _, err := References(plain{}, o, []prompts.Observation{*observation("b", 1, 0, 1, 0)}); !errors.Is(err, prompts.ErrBundle) {
		t.Error(err)
	}
	if _, err := References(plain{}, &prompts.Observation{}, nil); !errors.Is(err, prompts.ErrNoFeatures) {
		t.Error(err)
	}
}

// plain is exact and slow.
type plain struct{}

func (plain) MaxCosine(queries, memory []float32, dim int, out []float32) error {
	for i := range out {
		out[i] = -1
		for j := 0; j < len(memory); j += dim {
			dot := float32(0)
			for k := range dim {
				dot += queries[i*dim+k] * memory[j+k]
			}
			out[i] = max(out[i], dot)
		}
	}
	return nil
}

func observation(bundle string, features ...float32) *prompts.Observation {
	return &prompts.Observation{Bundle: bundle, Features: features, FeatureGrid: [2]int{1, len(features) / 2}}
}

func TestTheReferenceOfMostPatchesComesFirst(t *testing.T) {
	o := observation("a", 1, 0, 0, 1, 0, 1)
	near, err := References(plain{}, o, []prompts.Observation{*observation("a", 1, 0, 1, 0, 1, 0), *observation("a", 0, 1, 0, 1, 0, 1)})
	if err != nil || len(near) != 2 || near[0].Index != 1 || math.Abs(near[0].Share-2.0/3) > 1e-9 || near[1].Worst != 0 {
		t.Errorf("%+v, %v", near, err)
	}
	tiles := func(v ...float32) *prompts.Observation { // of a bundle without patch features
		return &prompts.Observation{Bundle: "a", Tiles: v, TileGrid: [2]int{1, len(v) / 2}}
	}
	near, err = References(plain{}, tiles(0, 1, 0, 1), []prompts.Observation{*tiles(1, 0, 1, 0), *tiles(0, 1, 0, 1)})
	if err != nil || near[0].Index != 1 || near[0].Share != 1 {
		t.Errorf("tiles: %+v, %v", near, err)
	}
	if none, err := References(plain{}, o, nil); err != nil || len(none) != 0 {
		t.Errorf("%+v, %v", none, err)
	}
}
