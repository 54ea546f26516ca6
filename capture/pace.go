package capture

import (
	"context"
	"sync/atomic"
	"time"
)

// Pace passes a given number of frames per second, by capture time, and drops the
// others: policy fps:N. It sits between a slot and its reader. Dropped frames are
// counted, also in Dropped of the next frame that passes. Dropped is safe for any
// goroutine.
type Pace struct {
	frames interface {
		Take(ctx context.Context, f *Frame) error
	}
	interval time.Duration
	next     time.Time // capture time from which a frame passes
	since    Drops     // since the last frame that passed
	dropped  atomic.Uint64
}

// NewPace returns a pace of fps frames per second, which must be above 0.
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
		// Count from the due time, so that the average is right if the camera's rate is not
		// a multiple. Count from now if it is late by more than a frame.
		if p.next = p.next.Add(p.interval); p.next.Before(f.Captured) {
			p.next = f.Captured.Add(p.interval)
		}
		return nil
	}
}

// Dropped returns the number of frames that it skipped.
func (p *Pace) Dropped() uint64 { return p.dropped.Load() }
