package health

import (
	"testing"

	"pristine/capture"
	"pristine/internal/polygon"
	"pristine/verdict"
)

// within is the part of the built-in line's picture that a polygon keeps in the
// tests: a hexagon around the belt.
var within = []polygon.Point{{0.3, 0.1}, {0.7, 0.1}, {0.9, 0.5}, {0.7, 0.9}, {0.3, 0.9}, {0.1, 0.5}}

// spoil writes to the pixels outside the polygon.
func spoil(f *capture.Frame, level func(i int) byte) {
	own := append([]byte(nil), f.Pix...)
	for i := range f.Pix {
		f.Pix[i] = level(i)
	}
	mask := polygon.Draw(within, f.Width, f.Height)
	for y := range f.Height {
		for _, s := range mask.Row(y) {
			from, to := 3*(y*f.Width+s.From), 3*(y*f.Width+s.To)
			copy(f.Pix[from:to], own[from:to])
		}
	}
}

func TestChecker_PolygonHidesWhatLiesOutside(t *testing.T) {
	limits := testLimits
	limits.Polygon, limits.BlackMean, limits.OverexposedShare, limits.FrozenFrames = within, 20, 0.3, 3
	h, line := New(limits, nil), newBelt(t, "testline://?fps=0&speed=61&defect_rate=0")
	for range 40 {
		line.next() // until parts are in view
	}
	for range 42 {
		if r := h.Check(line.next(), line.at); r != verdict.ReasonNone {
			t.Fatalf("%s while learning", r)
		}
	}
	for name, level := range map[string]func(i int) byte{
		"black": func(int) byte { return 0 }, "blown": func(int) byte { return 255 }, "stripes": func(i int) byte { return byte(i / 7000 * 90) },
	} {
		f := line.next()
		spoil(f, level)
		if r := h.Check(f, line.at); r != verdict.ReasonNone {
			t.Errorf("%s outside: %s", name, h.Detail(r))
		}
	}
	// What lies within still counts: the same picture again and again, whatever
	// a clock in the corner shows.
	f, reason := line.next(), verdict.ReasonNone
	for i := range limits.FrozenFrames + 1 {
		spoil(f, func(int) byte { return byte(40 * i) })
		reason = h.Check(f, line.at)
	}
	if reason != verdict.ReasonFrozen {
		t.Errorf("frozen within: %q", reason)
	}
	f = line.next()
	for i := range f.Pix {
		f.Pix[i] /= 2
	}
	if r := h.Check(f, line.at); r != verdict.ReasonLight && r != verdict.ReasonBlack {
		t.Errorf("dark within: %q", r)
	}
	if n := testing.AllocsPerRun(10, func() { h.Check(f, line.at) }); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
