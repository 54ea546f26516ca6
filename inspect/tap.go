package inspect

import (
	"context"
	"fmt"
	"sync"

	"pristine/capture"
)

// Tap provides copies of frames on their way to a station. While nobody waits for one,
// it costs a lock and copies nothing. Next is safe for any goroutine.
type Tap struct {
	frames Frames

	mu      sync.Mutex
	waiting []chan capture.Frame
}

// NewTap returns a tap before frames.
func NewTap(frames Frames) *Tap { return &Tap{frames: frames} }

// Take implements Frames.
func (t *Tap) Take(ctx context.Context, f *capture.Frame) error {
	if err := t.frames.Take(ctx, f); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, waiting := range t.waiting {
		seen := *f
		seen.Pix = append([]byte(nil), f.Pix...)
		waiting <- seen
		t.waiting[i] = nil
	}
	t.waiting = t.waiting[:0]
	return nil
}

// Next waits for the next frame that the station takes, never one from before the call.
// Its pixels belong to the caller.
func (t *Tap) Next(ctx context.Context) (capture.Frame, error) {
	frame := make(chan capture.Frame, 1)
	t.mu.Lock()
	t.waiting = append(t.waiting, frame)
	t.mu.Unlock()
	select {
	case f := <-frame:
		return f, nil
	case <-ctx.Done():
		t.leave(frame)
		return capture.Frame{}, fmt.Errorf("wait for a frame: %w", context.Cause(ctx))
	}
}

func (t *Tap) leave(frame chan capture.Frame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, waiting := range t.waiting {
		if waiting == frame {
			t.waiting = append(t.waiting[:i], t.waiting[i+1:]...)
			return
		}
	}
}
