package heatmap

import (
	"bytes"
	"image"
	"math"
	"testing"
)

// The worst place is red, the rest and what lies outside the region is as it
// was, and the picture given is not changed.
func TestTheWorstPlaceIsRed(t *testing.T) {
	const width, height = 40, 20
	pix := bytes.Repeat([]byte{100}, 3*width*height)
	scores := make([]float32, 16)
	scores[5] = 1 // second row, second column
	drawn := Over(pix, width, height, image.Rect(20, 0, 40, 20), scores, [2]int{4, 4})
	at := func(x, y int) [3]byte { return [3]byte(drawn[3*(y*width+x):]) }
	if worst := at(27, 7); worst[2] < 160 || worst[0] > 60 {
		t.Errorf("the worst place is %v", worst)
	}
	for _, p := range []image.Point{{7, 7}, {0, 0}, {37, 17}} {
		if at(p.X, p.Y) != [3]byte{100, 100, 100} {
			t.Errorf("%v is %v", p, at(p.X, p.Y))
		}
	}
	if pix[3*(7*width+27)] != 100 {
		t.Error("the picture given was changed")
	}
}

func TestAMapWithoutAPeakOrOfAnotherSizeIsNotDrawn(t *testing.T) {
	pix := make([]byte, 3*4*4)
	full := image.Rect(0, 0, 4, 4)
	for name, scores := range map[string][]float32{"none": nil, "flat": {1, 1, 1, 1}, "too short": {1, 2}, "not finite": {0, 0, 0, float32(math.Inf(1))}, "not a number": {float32(math.NaN()), 0, 0, 0}} {
		if Over(pix, 4, 4, full, scores, [2]int{2, 2}) != nil {
			t.Errorf("%s was drawn", name)
		}
	}
	if Over(pix, 4, 4, image.Rect(9, 9, 12, 12), []float32{0, 1, 0, 0}, [2]int{2, 2}) != nil {
		t.Error("a region outside the picture was drawn")
	}
}
