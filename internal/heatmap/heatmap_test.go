package heatmap

import (
	"bytes"
	"image"
	"math"
	"runtime"
	"testing"
)

// What FAILs is dark red, what is usual for good parts and what lies outside the
// region is as it was, and the picture given is not changed.
func TestOver_FailIsRed(t *testing.T) {
	const width, height = 40, 20
	pix := bytes.Repeat([]byte{100}, 3*width*height)
	levels := make([]float32, 16)
	levels[5] = 1 // second row, second column
	drawn := new(Canvas).Over(pix, width, height, image.Rect(20, 0, 40, 20), levels, [2]int{4, 4})
	at := func(x, y int) [3]byte { return [3]byte(drawn[3*(y*width+x):]) }
	if worst := at(27, 7); worst[2] < 150 || worst[0] > 80 || worst[1] > 80 {
		t.Errorf("the worst place is %v; want worst[2] >= 150, worst[0] <= 80, worst[1] <= 80", worst)
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

// The scale is absolute: a level has the same colour whatever else is in the map.
func TestOver_ColoursCompareTwoPictures(t *testing.T) {
	pix := bytes.Repeat([]byte{100}, 3*40*40)
	of := func(levels ...float32) [3]byte {
		return [3]byte(new(Canvas).Over(pix, 40, 40, image.Rect(0, 0, 40, 40), levels, [2]int{2, 2}))
	}
	if a, b := of(0.3, 0, 0, 0), of(0.3, 1, 1, 1); a != b {
		t.Errorf("level 0.3 is %v beside 0 and %v beside 1", a, b)
	}
	if all := new(Canvas).Over(pix, 40, 40, image.Rect(0, 0, 40, 40), make([]float32, 4), [2]int{2, 2}); !bytes.Equal(all, pix) {
		t.Error("a usual part is coloured")
	}
}

// Up to the level at which REVIEW begins with references, a third, no colour is
// red; and every level is darker than those below it.
func TestColour_GetsDarkerAndRedLast(t *testing.T) {
	before := math.Inf(1)
	for i := range 101 {
		rgb, cover := Colour(float64(i) / 100)
		light := 0.299*float64(rgb[0]) + 0.587*float64(rgb[1]) + 0.114*float64(rgb[2])
		if light > before {
			t.Errorf("level %v is lighter than the one below", float64(i)/100)
		}
		if before = light; i <= 34 && (rgb[1] < 170 || cover > 0.25) {
			t.Errorf("level %v is %v, covering %v: that is red", float64(i)/100, rgb, cover)
		}
	}
	if end, _ := Colour(7); end != [3]uint8{189, 0, 38} {
		t.Errorf("beyond the scale: %v", end)
	}
	if nan, _ := Colour(math.NaN()); nan != [3]uint8{189, 0, 38} {
		t.Errorf("not a number: %v", nan)
	}
}

func TestOver_AMapOfAnotherSizeIsNotDrawn(t *testing.T) {
	pix := make([]byte, 3*4*4)
	full := image.Rect(0, 0, 4, 4)
	for name, levels := range map[string][]float32{"none": nil, "too short": {1, 2}} {
		if new(Canvas).Over(pix, 4, 4, full, levels, [2]int{2, 2}) != nil {
			t.Errorf("%s was drawn", name)
		}
	}
	if new(Canvas).Over(pix, 4, 4, image.Rect(9, 9, 12, 12), []float32{0, 1, 0, 0}, [2]int{2, 2}) != nil {
		t.Error("a region outside the picture was drawn")
	}
}

func TestCanvas_LegendIsBelowThePicture(t *testing.T) {
	pix := bytes.Repeat([]byte{9}, 3*400*100)
	with, height := new(Canvas).WithLegend(bytes.Clone(pix), 400, 100)
	if height != 120 || len(with) != 3*400*height || !bytes.Equal(with[:len(pix)], pix) {
		t.Fatalf("%d bytes, height %d; want height == 120, len(with) == 3*400*height, bytes.Equal(with[:len(pix)], pix)", len(with), height)
	}
	red := false
	for at := len(pix); at < len(with); at += 3 {
		red = red || with[at+2] > 180 && with[at+1] < 10 && with[at] < 50
	}
	if !red {
		t.Error("the legend does not reach FAIL")
	}
}

// A canvas that is used again draws the same as a new one, whatever it drew before, and
// allocates next to nothing.
func TestCanvas_ReusesItsMemory(t *testing.T) {
	used := new(Canvas)
	draw := func(c *Canvas, width, height int) ([]byte, int) {
		levels := make([]float32, 16*16)
		for i := range levels {
			levels[i] = float32(i) / float32(len(levels))
		}
		pix := bytes.Repeat([]byte{byte(width)}, 3*width*height)
		drawn := c.Over(pix, width, height, image.Rect(10, 10, width, height), levels, [2]int{16, 16})
		return c.WithLegend(drawn, width, height)
	}
	for _, size := range []image.Point{{800, 600}, {320, 200}, {320, 200}, {640, 480}} {
		got, height := draw(used, size.X, size.Y)
		want, _ := draw(new(Canvas), size.X, size.Y)
		if !bytes.Equal(got, want) || len(got) != 3*size.X*height {
			t.Errorf("%v is drawn otherwise on a canvas that was used", size)
		}
	}
	const width, height, times = 1920, 1080, 10
	pix, levels := make([]byte, 3*width*height), make([]float32, 16*16)
	var before, after runtime.MemStats
	for i := range 1 + times {
		if i == 1 {
			runtime.ReadMemStats(&before)
		}
		drawn := used.Over(pix, width, height, image.Rect(0, 0, width, height), levels, [2]int{16, 16})
		used.WithLegend(drawn, width, height)
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / times; each > 200<<10 {
		t.Errorf("a heat map of 1080p allocates %d KB, want at most 200", each>>10)
	}
}
