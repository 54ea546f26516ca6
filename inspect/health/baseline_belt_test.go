//go:build !race

// One goroutine: the race detector would have nothing to see, and take ten times
// as long.

package health

import (
	"testing"

	"pristine/capture"
	"pristine/verdict"
)

func TestBaseline_ReasonOfUnfitPictures(t *testing.T) {
	t.Parallel()
	b := NewBaseline(testLimits)
	good := newBelt(t, "testline://?fps=0&speed=61&defect_rate=0")
	for range 42 {
		if r := b.Observe(good.next()); r != verdict.ReasonNone {
			t.Fatalf("%s while learning", r)
		}
	}
	if !b.Learned() {
		t.Fatal("nothing was learned")
	}
	for range 20 {
		if r := b.Observe(good.next()); r != verdict.ReasonNone {
			t.Errorf("a good frame is %s: %s", r, b.detail(r))
		}
	}
	for options, want := range map[string]verdict.Reason{
		"blur=3": verdict.ReasonBlurred, "shake=60": verdict.ReasonMoved, "shake=2&drift=0.2": verdict.ReasonNone, "dropouts=0.5": verdict.ReasonNone,
	} {
		line, right := newBelt(t, "testline://?fps=0&speed=61&defect_rate=0.5&seed=9&"+options), 0
		for range 10 {
			if r := b.Observe(line.next()); r == want {
				right++
			} else {
				t.Logf("%s: %s %s", options, r, b.detail(r))
			}
		}
		if right < 8 { // a shake may leave the camera where it was
			t.Errorf("%s: %d of 10 frames are %q", options, right, want)
		}
	}
	for name, tc := range map[string]struct {
		spoil func(f *capture.Frame)
		want  verdict.Reason
	}{
		"bands": {func(f *capture.Frame) {
			for i := range f.Pix {
				if row := i / (3 * f.Width); row/60%2 == 0 {
					f.Pix[i] = byte(min(int(f.Pix[i])+30, 255))
				}
			}
		}, verdict.ReasonBanding},
		"a lamp that fails": {func(f *capture.Frame) {
			for i := range f.Pix {
				f.Pix[i] /= 2
			}
		}, verdict.ReasonLight},
		"blue and red exchanged": {func(f *capture.Frame) {
			for i := 0; i < len(f.Pix); i += 3 {
				f.Pix[i], f.Pix[i+2] = f.Pix[i+2], f.Pix[i]
			}
		}, verdict.ReasonColourOrder},
		"another size": {func(f *capture.Frame) { f.Resize(640, 480) }, verdict.ReasonWrongSize},
	} {
		f := good.next()
		tc.spoil(f)
		if r := b.Observe(f); r != tc.want || b.detail(r) == "" {
			t.Errorf("%s: %q (%s), want %q", name, r, b.detail(r), tc.want)
		}
	}
}

// A camera that was switched on before the line: parts cover half of what was
// learned from the empty belt, and are no fault; faults stay faults.
func TestBaseline_PartsAfterAnEmptyBelt(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"flange", "cap", "board"} {
		b, empty := NewBaseline(testLimits), newBelt(t, "testline://?fps=0&speed=1&kind="+kind)
		for range 42 {
			b.Observe(empty.next())
		}
		line := newBelt(t, "testline://?fps=0&speed=61&defect_rate=0.3&kind="+kind)
		for range 30 {
			line.next()
		}
		for range 32 { // two parts go by
			if r := b.Observe(line.next()); r != verdict.ReasonNone || !b.Learned() {
				t.Errorf("a %s is %s: %s", kind, r, b.detail(r))
			}
		}
		for want, spoil := range map[verdict.Reason]func(i int, v byte) byte{
			verdict.ReasonLight: func(_ int, v byte) byte { return v / 2 },
			verdict.ReasonBanding: func(i int, v byte) byte {
				if i/(3*1920)/60%2 == 0 {
					return byte(min(int(v)+30, 255))
				}
				return v
			},
		} {
			f := line.next()
			for i, v := range f.Pix {
				f.Pix[i] = spoil(i, v)
			}
			if r := b.Observe(f); r != want {
				t.Errorf("with a %s in view: %q, want %q: %+v", kind, r, want, b.now)
			}
		}
	}
}
