package prompts

import (
	"slices"
	"testing"
)

func TestCellsOutsideSayWhatThoseWithinSayEvenlyInTurn(t *testing.T) {
	in, out := true, false
	for name, tc := range map[string]struct {
		within       []bool
		values, want []float32 // of one number a cell
	}{
		"as many outside":  {[]bool{out, in, out, in}, []float32{9, 1, 9, 2}, []float32{1, 1, 2, 2}},
		"more outside":     {[]bool{out, out, out, out, in, in}, []float32{9, 9, 9, 9, 1, 2}, []float32{1, 1, 2, 2, 1, 2}},
		"fewer outside":    {[]bool{in, in, in, in, out, out}, []float32{1, 2, 3, 4, 9, 9}, []float32{1, 2, 3, 4, 1, 3}},
		"all within":       {[]bool{in, in}, []float32{1, 2}, []float32{1, 2}},
		"none within":      {[]bool{out, out}, []float32{1, 2}, []float32{1, 2}},
		"vectors, not one": {[]bool{in, out}, []float32{1, 2, 9, 9}, []float32{1, 2, 1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			confine(tc.values, tc.within)
			if !slices.Equal(tc.values, tc.want) {
				t.Errorf("%v, want %v", tc.values, tc.want)
			}
		})
	}
}

// What lies outside is as loud as can be, and counts for nothing.
func TestWhatLiesOutsideIsNeutralForScoring(t *testing.T) {
	quiet, loud := []float32{1, 0}, []float32{-1, 0}
	o := Observation{PatchGrid: [2]int{2, 4}, FeatureGrid: [2]int{2, 4}, TileGrid: [2]int{0, 0}}
	for i := range 8 {
		v := quiet
		if i >= 4 {
			v = loud
		}
		o.Patches, o.Features = append(o.Patches, v...), append(o.Features, v...)
	}
	grids := 0
	o.Confine(func(grid [2]int) []bool {
		grids++
		return []bool{true, true, true, true, false, false, false, false}
	})
	for i := range 8 {
		if o.Patches[2*i] != quiet[0] || o.Features[2*i] != quiet[0] {
			t.Errorf("cell %d says %v and %v", i, o.Patches[2*i], o.Features[2*i])
		}
	}
	if grids != 2 {
		t.Errorf("%d grids were asked for: there are no tiles", grids)
	}
}
