package capture

import (
	"context"
	"sync/atomic"
	"time"
)

// Pace lets so many frames a second pass and drops the others, by their times
// of capture: policy fps:N. It stands between a slot and its reader. What it
// drops is counted, and stands in Dropped of the next frame that passes. Dropped
// is safe for any goroutine.
type Pace struct {
	frames interface {
		Take(ctx context.Context, f *Frame) error
	}
	interval time.Duration
	next     time.Time // capture time from which a frame passes
	since    Drops     // since the last frame that passed
	dropped  atomic.Uint64
}

// NewPace makes a pace of fps frames a second, which must be above 0.
func NewPace(slot *Latest, fps float64) *Pace {
	return &Pace{frames: slot, interval: time.Duration(float64(time.Second) / fps)}
}

// Take waits for the next frame that is due.
func (p *Pace) Take(ctx context.Context, f *Frame) error {
	for {
		if err := p.frames.Take(ctx, f); err != nil {
			return err
		}
		p.since.Add(f.Dropped)
		if f.Captured.Before(p.next) {
			p.since[Paced]++
			p.dropped.Add(1)
			continue
		}
		f.Dropped, p.since = p.since, Drops{}
		// From the due time, so that a camera whose rate is no multiple keeps the
		// pace on average; from now where it fell behind by more than a frame.
		if p.next = p.next.Add(p.interval); p.next.Before(f.Captured) {
			p.next = f.Captured.Add(p.interval)
		}
		return nil
	}
}

// Dropped counts the frames that it left out.
func (p *Pace) Dropped() uint64 { return p.dropped.Load() }
