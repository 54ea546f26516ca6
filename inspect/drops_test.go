package inspect

import (
	"context"
	"testing"
	"time"

	"pristine/capture"
	"pristine/inspect/health"
)

// dropping collects what results say was dropped before their frames.
type dropping struct {
	collector
	drops []capture.Drops
}

func (d *dropping) Publish(ctx context.Context, r *Result) error {
	d.drops = append(d.drops, r.Frame.Dropped)
	return d.collector.Publish(ctx, r)
}

// A frame that a trigger admits names those that came without one, and what was
// dropped before them.
func TestDrops_Gate(t *testing.T) {
	at := func(s int) capture.Frame {
		f := frame(20, "", false)
		f.Captured, f.Dropped = time.Unix(int64(s), 0), capture.Drops{capture.Overwritten: 2, capture.Paced: 1}
		return f
	}
	now := time.Unix(3, 500)
	source := &script{[]capture.Frame{at(1), at(2), at(3), at(4)}}
	g := NewGate(source, nil, GateOptions{Camera: "c", Now: func() time.Time { return now }})
	if _, err := g.begin("p"); err != nil {
		t.Fatal(err)
	}
	var f capture.Frame
	if err := g.Take(context.Background(), &f); err != nil {
		t.Fatal(err)
	}
	if want := (capture.Drops{capture.Overwritten: 8, capture.Paced: 4, capture.Gated: 3}); f.Dropped != want || f.Part != "p" {
		t.Errorf("got %v before the frame of part %q, want %v before that of p", f.Dropped, f.Part, want)
	}
	if g.Dropped() != 3 {
		t.Errorf("got %d in all, want 3", g.Dropped())
	}
	source.frames = []capture.Frame{at(5), at(6)}
	if err := g.Take(context.Background(), &f); err == nil {
		t.Errorf("a frame passed without a trigger")
	}
	if g.Dropped() != 5 {
		t.Errorf("got %d in all without another trigger, want 5 at once", g.Dropped())
	}
	if n := testing.AllocsPerRun(100, func() { g.admit(&f) }); n > 0 {
		t.Errorf("got %v allocations a frame, want 0", n)
	}
}

// A frame refused as too old is named by the next one, once.
func TestDrops_Stale(t *testing.T) {
	now := time.Unix(1000, 0)
	old := func() capture.Frame {
		f := frame(20, "", false)
		f.Captured = now.Add(-time.Minute)
		return f
	}
	good := frame(20, "", false)
	good.Dropped = capture.Drops{capture.Overwritten: 1}
	var d dropping
	s := New(Options{Limits: Limits{N: 1, M: 1}, Health: health.Limits{MaxAge: time.Second}, Now: func() time.Time { return now }},
		&script{[]capture.Frame{old(), old(), good, frame(20, "", false)}}, &pixelEncoder{}, func() Scorer { return pixelScorer{} }, &d)
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	want := []capture.Drops{{}, {capture.Stale: 1}, {capture.Overwritten: 1, capture.Stale: 1}, {}}
	for i := range max(len(want), len(d.drops)) {
		if i >= len(want) || i >= len(d.drops) || d.drops[i] != want[i] {
			t.Fatalf("got %v, want %v", d.drops, want)
		}
	}
	if n := s.Counts().Stale; n != 2 {
		t.Errorf("got %d in all, want 2", n)
	}
}
