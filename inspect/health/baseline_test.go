package health

import (
	"bytes"
	"context"
	"testing"
	"time"

	"pristine/capture"
	"pristine/capture/testline"
	"pristine/verdict"
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

var testLimits = Limits{Learn: 2 * time.Second, Blur: 0.5, Moved: 0.5, Light: 0.3, Banding: 8, ColourOrder: true}

func TestBaseline_WithoutLearning(t *testing.T) {
	t.Parallel()
	b := NewBaseline(Limits{Blur: 0.5})
	f := capture.Frame{Pix: bytes.Repeat([]byte{20}, 3*16*16), Width: 16, Height: 16}
	for range 100 {
		if r := b.Observe(&f); r != verdict.ReasonNone || b.Learned() {
			t.Fatalf("got r %+v; want r == verdict.ReasonNone, not b.Learned()", r)
		}
	}
}

func TestBaseline_Settle(t *testing.T) {
	t.Parallel()
	b, line := NewBaseline(Limits{Learn: time.Hour, Blur: 0.5}), newBelt(t, "testline://?fps=0")
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
	if r := b.Observe(line.next()); r != verdict.ReasonNone {
		t.Error(r)
	}
}

func TestChecker_AllocatesNothing(t *testing.T) {
	b, line := NewBaseline(testLimits), newBelt(t, "testline://?fps=0&speed=61")
	for range 42 {
		b.Observe(line.next())
	}
	h := New(testLimits, b)
	h.Check(&line.frame, line.at)
	if n := testing.AllocsPerRun(20, func() { h.Check(&line.frame, line.at) }); n > 0 || !b.Learned() {
		t.Errorf("%v allocations a frame", n)
	}
}

func BenchmarkHealth(b *testing.B) {
	base, line := NewBaseline(testLimits), newBelt(b, "testline://?fps=0&speed=61")
	for range 42 {
		base.Observe(line.next())
	}
	h := New(testLimits, base)
	b.ReportAllocs()
	for b.Loop() {
		h.Check(&line.frame, line.at)
	}
}
