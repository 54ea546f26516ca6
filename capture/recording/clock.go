package recording

import (
	"context"
	"sync/atomic"
	"time"

	"pristine/capture"
)

// Clock stands between a source and a station: it is as late as the frame that
// was taken last. Now is safe for any goroutine.
type Clock struct {
	frames frames
	now    atomic.Int64 // nanoseconds since 1970
}

type frames interface {
	Take(ctx context.Context, f *capture.Frame) error
}

// NewClock makes a clock of the frames.
func NewClock(f frames) *Clock { return &Clock{frames: f} }

// Take takes the next frame.
func (c *Clock) Take(ctx context.Context, f *capture.Frame) error {
	err := c.frames.Take(ctx, f)
	if err == nil {
		c.now.Store(f.Captured.UnixNano())
	}
	return err
}

// Now is the time of capture of the last frame; 1970 before the first.
func (c *Clock) Now() time.Time { return time.Unix(0, c.now.Load()) }
