package place

import "testing"

func TestDeciding(t *testing.T) {
	for _, c := range []struct {
		levels []float64
		want   int
	}{{nil, 0}, {[]float64{0.8, 0.6}, 2}, {[]float64{1, 0.9, 0.7}, 1}, {[]float64{1, 1}, 2}} {
		var all []Place
		for _, l := range c.levels {
			all = append(all, Place{Level: l})
		}
		if got := Deciding(all); len(got) != c.want {
			t.Errorf("of levels %v %d decide, want %d", c.levels, len(got), c.want)
		}
	}
}
