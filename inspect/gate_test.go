package inspect

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pristine/capture"
	"pristine/prompts"
)

// slowEncoder takes its time, as a model does.
type slowEncoder struct{ takes time.Duration }

func (e slowEncoder) Encode(ctx context.Context, f *capture.Frame, o *prompts.Observation) error {
	time.Sleep(e.takes)
	return (&pixelEncoder{}).Encode(ctx, f, o)
}

// gated runs a station behind a gate, with a camera that gives a frame each
// 100 ms while it is on.
func gated(t *testing.T, encode time.Duration, frames int, test func(g *Gate, c *collector, on *atomic.Bool)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		slot, c, on := capture.NewLatest(capture.Newest), &collector{}, new(atomic.Bool)
		on.Store(true)
		g := NewGate(slot, c, GateOptions{Camera: "c", Frames: frames, Deadline: 500 * time.Millisecond, Scorer: func() Scorer { return pixelScorer{} }})
		s := New(Options{Camera: "c", PartsOnly: true, Limits: Limits{Review: 0.4, Fail: 0.6, N: 1, M: 1}}, g, slowEncoder{encode}, func() Scorer { return pixelScorer{} }, g)
		go func() {
			ticker := time.NewTicker(100 * time.Millisecond)
			defer ticker.Stop()
			for {
				select {
				case <-ticker.C:
					if f := frame(20, "", false); on.Load() {
						f.Captured = time.Now()
						_ = slot.Put(ctx, &f)
					}
				case <-ctx.Done():
					return
				}
			}
		}()
		stopped := make(chan struct{})
		go func() { _ = s.Run(ctx); close(stopped) }()
		time.Sleep(250 * time.Millisecond)
		test(g, c, on)
		cancel()
		<-stopped
	})
}

func TestGate_FrameAfterTheTrigger(t *testing.T) {
	gated(t, 30*time.Millisecond, 2, func(g *Gate, c *collector, _ *atomic.Bool) {
		a, err := g.Trigger(context.Background(), "p-1")
		// Frames of 300 and 400 ms, 30 ms of encoding; the trigger came at 250 ms.
		if err != nil || a.Verdict != Pass || a.Part != "p-1" || a.Took != 180*time.Millisecond {
			t.Errorf(`%+v, %v; want err == nil, a.Verdict == Pass, a.Part == "p-1", a.Took == 180*time.Millisecond`, a, err)
		}
		if a, err := g.Trigger(context.Background(), ""); err != nil || a.Part != "c-t000002" {
			t.Errorf("%+v, %v", a, err)
		}
		time.Sleep(time.Second) // frames without a trigger are not inspected
		synctest.Wait()         // an answer comes before its result is published
		if len(c.got) != 2 || c.got[0] != (collected{Pass, "", "p-1"}) {
			t.Errorf("%v", c.got)
		}
		if n := g.Counts(); n != (TriggerCounts{Triggers: 2, Answered: 2}) {
			t.Errorf("%+v", n)
		}
	})
}

func TestGate_DuplicateAndOverrun(t *testing.T) {
	gated(t, 30*time.Millisecond, 1, func(g *Gate, c *collector, _ *atomic.Bool) {
		first := make(chan error)
		go func() { _, err := g.Trigger(context.Background(), "p-1"); first <- err }()
		synctest.Wait()
		if _, err := g.Trigger(context.Background(), "p-1"); !errors.Is(err, ErrDuplicate) {
			t.Error(err)
		}
		if _, err := g.Trigger(context.Background(), "p-2"); !errors.Is(err, ErrOverrun) {
			t.Error(err)
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
		if _, err := g.Trigger(context.Background(), "p-1"); !errors.Is(err, ErrDuplicate) {
			t.Error(err)
		}
		synctest.Wait() // an answer comes before its result is published
		if n := g.Counts(); len(c.got) != 1 || n != (TriggerCounts{Triggers: 4, Answered: 1, Overrun: 1, Duplicate: 2}) {
			t.Errorf("%+v, %v", n, c.got)
		}
	})
}

func TestGate_MissedTrigger(t *testing.T) {
	gated(t, 30*time.Millisecond, 1, func(g *Gate, c *collector, on *atomic.Bool) {
		on.Store(false)
		a, err := g.Trigger(context.Background(), "p-1")
		if !errors.Is(err, ErrMissed) || a.Verdict != Invalid || a.Reason != ReasonNoFrame {
			t.Errorf("%+v, %v; want errors.Is(err, ErrMissed), a.Verdict == Invalid, a.Reason == ReasonNoFrame", a, err)
		}
		on.Store(true)
		if a, err := g.Trigger(context.Background(), "p-2"); err != nil || a.Verdict != Pass {
			t.Errorf("after the camera is back: %+v, %v", a, err)
		}
		synctest.Wait() // an answer comes before its result is published
		if len(c.got) != 2 || c.got[0] != (collected{Invalid, ReasonNoFrame, "p-1"}) || c.got[1].part != "p-2" || g.Counts().Missed != 1 {
			t.Errorf(`%v, %+v; want len(c.got) == 2, c.got[0] == (collected{Invalid, ReasonNoFrame, "p-1"}), c.got[1].part == "p-2", g.Counts().Missed == 1`, c.got, g.Counts())
		}
	})
}

func TestGate_LateVerdict(t *testing.T) {
	gated(t, 700*time.Millisecond, 1, func(g *Gate, c *collector, _ *atomic.Bool) {
		a, err := g.Trigger(context.Background(), "p-1")
		if !errors.Is(err, ErrLate) || a.Verdict != Invalid || a.Reason != ReasonLate {
			t.Errorf("%+v, %v; want errors.Is(err, ErrLate), a.Verdict == Invalid, a.Reason == ReasonLate", a, err)
		}
		time.Sleep(time.Second)
		synctest.Wait() // an answer comes before its result is published
		if n := g.Counts(); len(c.got) != 1 || c.got[0] != (collected{Invalid, ReasonLate, "p-1"}) || n.Late != 1 || n.Answered != 0 {
			t.Errorf(`%v, %+v; want len(c.got) == 1, c.got[0] == (collected{Invalid, ReasonLate, "p-1"}), n.Late == 1, n.Answered == 0`, c.got, n)
		}
	})
}

// slowSink takes its time, as a disk does.
type slowSink struct {
	takes time.Duration
	parts chan string // that it has published
}

func (s slowSink) Publish(_ context.Context, r *Result) error {
	time.Sleep(s.takes)
	s.parts <- r.Part
	return nil
}

// An answer does not wait for the sink: it is there as soon as the verdict is.
func TestGate_SlowSink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		slot, sink := capture.NewLatest(capture.Newest), slowSink{5 * time.Second, make(chan string, 2)}
		scorer := func() Scorer { return pixelScorer{} }
		g := NewGate(slot, sink, GateOptions{Camera: "c", Frames: 1, Deadline: 500 * time.Millisecond, Scorer: scorer})
		s := New(Options{Camera: "c", PartsOnly: true, Limits: Limits{N: 1, M: 1}}, g, slowEncoder{30 * time.Millisecond}, scorer, g)
		stopped := make(chan struct{})
		go func() { _ = s.Run(ctx); close(stopped) }()
		go func() {
			time.Sleep(100 * time.Millisecond)
			f := frame(20, "", false)
			f.Captured = time.Now()
			_ = slot.Put(ctx, &f)
		}()
		began := time.Now()
		a, err := g.Trigger(ctx, "p-1")
		if took := time.Since(began); err != nil || a.Verdict != Pass || took != 130*time.Millisecond {
			t.Errorf("got %+v, %v after %v, want PASS after 130ms: 100 until the frame, 30 to encode it", a, err, took)
		}
		if len(sink.parts) != 0 {
			t.Error("the sink was waited for")
		}
		if part := <-sink.parts; part != "p-1" || time.Since(began) != 5130*time.Millisecond {
			t.Errorf("the sink published part %q after %v, want p-1 after 5.13s", part, time.Since(began))
		}
		cancel()
		<-stopped
	})
}
