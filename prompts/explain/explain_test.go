package explain

import (
	"errors"
	"math"
	"testing"

	"pristine/prompts"
)

// Vectors of two bundles are never compared: that is an error.
func TestOtherBundlesAreRefused(t *testing.T) {
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
