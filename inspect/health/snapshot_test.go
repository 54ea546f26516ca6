package health

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"pristine/capture"
	"pristine/capture/testline"
	"pristine/verdict"
)

// belted returns a baseline that learned the built-in line, and more of its
// frames.
func belted(t *testing.T, learn int) (*Baseline, []capture.Frame) {
	t.Helper()
	limits := Limits{Learn: time.Duration(learn) * 50 * time.Millisecond, Blur: 0.5, Moved: 0.5, Shift: 2, Light: 0.3, Banding: 8, ColourOrder: true}
	b, line := NewBaseline(limits), testline.Open(testline.Options{Seed: 5, Speed: 60, Kind: "flange"})
	var more []capture.Frame
	at := time.Unix(1000, 0)
	for i := 0; len(more) < 12; i++ {
		var f capture.Frame
		if err := line.Read(context.Background(), &f); err != nil {
			t.Fatal(err)
		}
		f.Captured = at.Add(time.Duration(i) * 50 * time.Millisecond)
		if b.Learned() {
			more = append(more, f)
		} else if r := b.Observe(&f); r != verdict.ReasonNone {
			t.Fatalf("%s while learning", r)
		}
	}
	return b, more
}

// A baseline that was kept judges the next frames as the one that learned does:
// good ones, dark ones and blurred ones.
func TestBaseline_SnapshotJudgesAlike(t *testing.T) {
	t.Parallel()
	learned, frames := belted(t, 80)
	data, err := learned.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	restored := NewBaseline(learned.limits)
	if err := restored.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	reasons := map[verdict.Reason]int{}
	for i := range frames {
		f := &frames[i]
		switch {
		case i >= 8: // blurred: each row is the mean of its neighbourhood
			for j := 3 * 12; j < len(f.Pix); j++ {
				f.Pix[j] = byte((int(f.Pix[j-3])*7 + int(f.Pix[j])) / 8)
			}
		case i >= 4: // dark
			for j := range f.Pix {
				f.Pix[j] /= 3
			}
		}
		want, got := learned.Observe(f), restored.Observe(f)
		if got != want || restored.detail(got) != learned.detail(want) {
			t.Errorf("frame %d: got %s (%s), want %s (%s)", i, got, restored.detail(got), want, learned.detail(want))
		}
		reasons[got]++
	}
	if reasons[verdict.ReasonNone] != 4 || reasons[verdict.ReasonLight] == 0 || reasons[verdict.ReasonBlurred] == 0 {
		t.Errorf("reasons %v, want 4 good frames, dark ones and blurred ones", reasons)
	}
}

// A snapshot that is damaged is refused, or used as far as it fits; it never
// makes the checks fail.
func FuzzBaseline_UnmarshalBinary(f *testing.F) {
	b := NewBaseline(Limits{Learn: time.Second, Moved: 0.5, Shift: 2, Light: 0.3, Banding: 8, ColourOrder: true, Blur: 0.5})
	noise := rand.New(rand.NewPCG(1, 2))
	pix := make([]byte, 3*160*120)
	for i := range pix {
		pix[i] = byte(noise.UintN(256))
	}
	at := time.Unix(1000, 0)
	for i := 0; !b.Learned(); i++ {
		b.Observe(&capture.Frame{Pix: pix, Width: 160, Height: 120, Captured: at.Add(time.Duration(i) * 50 * time.Millisecond)})
	}
	data, err := b.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(bytes.Replace(data, []byte{160}, []byte{16}, 1))
	f.Fuzz(func(_ *testing.T, data []byte) {
		restored := NewBaseline(b.limits)
		if restored.UnmarshalBinary(data) == nil && restored.width <= 1000 && restored.height <= 1000 {
			restored.Observe(&capture.Frame{Pix: make([]byte, 3*restored.width*restored.height), Width: restored.width, Height: restored.height, Captured: at})
		}
	})
}
