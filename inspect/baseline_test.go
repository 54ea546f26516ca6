package inspect

import (
	"context"
	"testing"
	"time"

	"pristine/capture"
	"pristine/capture/testline"
)

// belt reads frames of the built-in line, 50 ms apart.
type belt struct {
	t      testing.TB
	source capture.Source
	at     time.Time
	frame  capture.Frame
}

func newBelt(t testing.TB, address string) *belt {
	t.Helper()
	o, err := testline.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return &belt{t: t, source: testline.Open(o), at: time.Unix(1000, 0)}
}

func (b *belt) next() *capture.Frame {
	b.t.Helper()
	if err := b.source.Read(context.Background(), &b.frame); err != nil {
		b.t.Fatal(err)
	}
	b.at = b.at.Add(50 * time.Millisecond)
	b.frame.Captured = b.at
	return &b.frame
}

var testLimits = HealthLimits{Learn: 2 * time.Second, Blur: 0.5, Moved: 0.5, Light: 0.3, Banding: 8, ColourOrder: true}

// inOneGoroutine leaves out a long test where the race detector would have
// nothing to see in it and takes ten times as long.
func inOneGoroutine(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one goroutine: it runs without -short")
	}
}

func TestAPictureUnlikeTheLearnedOnesIsUnfitByName(t *testing.T) {
	inOneGoroutine(t)
	b := NewBaseline(testLimits)
	good := newBelt(t, "testline://?fps=0&speed=61&defect_rate=0")
	for range 42 {
		if r := b.Observe(good.next()); r != ReasonNone {
			t.Fatalf("%s while learning", r)
		}
	}
	if !b.Learned() {
		t.Fatal("nothing was learned")
	}
	for range 20 {
		if r := b.Observe(good.next()); r != ReasonNone {
			t.Errorf("a good frame is %s: %s", r, b.detail(r))
		}
	}
	for options, want := range map[string]Reason{
		"blur=3": ReasonBlurred, "shake=60": ReasonMoved, "shake=2&drift=0.2": ReasonNone, "dropouts=0.5": ReasonNone,
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
		want  Reason
	}{
		"bands": {func(f *capture.Frame) {
			for i := range f.Pix {
				if row := i / (3 * f.Width); row/60%2 == 0 {
					f.Pix[i] = byte(min(int(f.Pix[i])+30, 255))
				}
			}
		}, ReasonBanding},
		"a lamp that fails": {func(f *capture.Frame) {
			for i := range f.Pix {
				f.Pix[i] /= 2
			}
		}, ReasonLight},
		"blue and red exchanged": {func(f *capture.Frame) {
			for i := 0; i < len(f.Pix); i += 3 {
				f.Pix[i], f.Pix[i+2] = f.Pix[i+2], f.Pix[i]
			}
		}, ReasonColourOrder},
		"another size": {func(f *capture.Frame) { f.Resize(640, 480) }, ReasonWrongSize},
	} {
		f := good.next()
		tc.spoil(f)
		if r := b.Observe(f); r != tc.want || b.detail(r) == "" {
			t.Errorf("%s: %q (%s), want %q", name, r, b.detail(r), tc.want)
		}
	}
}

func TestWithoutLearningNothingIsRefused(t *testing.T) {
	b := NewBaseline(HealthLimits{Blur: 0.5})
	f := frame(20, "", false)
	for range 100 {
		if r := b.Observe(&f); r != ReasonNone || b.Learned() {
			t.Fatal(r)
		}
	}
}

func TestSettlingEndsLearningWhenEnoughWasSeen(t *testing.T) {
	b, line := NewBaseline(HealthLimits{Learn: time.Hour, Blur: 0.5}), newBelt(t, "testline://?fps=0")
	for range leastFrames - 1 {
		b.Observe(line.next())
	}
	if b.Settle(); b.Learned() {
		t.Error("it learned from too few frames")
	}
	b.Observe(line.next())
	if b.Settle(); !b.Learned() {
		t.Error("it did not settle")
	}
	if r := b.Observe(line.next()); r != ReasonNone {
		t.Error(r)
	}
}

func TestHealthAllocatesNothing(t *testing.T) {
	b, line := NewBaseline(testLimits), newBelt(t, "testline://?fps=0&speed=61")
	for range 42 {
		b.Observe(line.next())
	}
	h := newHealth(testLimits, b)
	h.check(&line.frame, line.at)
	if n := testing.AllocsPerRun(20, func() { h.check(&line.frame, line.at) }); n > 0 || !b.Learned() {
		t.Errorf("%v allocations a frame", n)
	}
}

func BenchmarkHealth(b *testing.B) {
	base, line := NewBaseline(testLimits), newBelt(b, "testline://?fps=0&speed=61")
	for range 42 {
		base.Observe(line.next())
	}
	h := newHealth(testLimits, base)
	b.ReportAllocs()
	for b.Loop() {
		h.check(&line.frame, line.at)
	}
}

// A camera that was switched on before the line: parts cover half of what was
// learned from the empty belt, and are no fault; faults stay faults.
func TestPartsAreNoFaultAfterLearningFromAnEmptyBelt(t *testing.T) {
	inOneGoroutine(t)
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
			if r := b.Observe(line.next()); r != ReasonNone || !b.Learned() {
				t.Errorf("a %s is %s: %s", kind, r, b.detail(r))
			}
		}
		for want, spoil := range map[Reason]func(i int, v byte) byte{
			ReasonLight: func(_ int, v byte) byte { return v / 2 },
			ReasonBanding: func(i int, v byte) byte {
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
