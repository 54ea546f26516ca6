package capture

import (
	"context"
	"io"
	"sync"
)

// Latest is the slot between a source and the station that inspects its frames. One
// goroutine calls Put, another calls Take.
type Latest struct {
	waits  bool          // Put waits until the slot is free: policy Every
	filled chan struct{} // holds a token while a frame waits
	free   chan struct{} // holds a token while the slot is free, if Put waits

	mu      sync.Mutex
	frame   Frame
	full    bool
	ended   bool
	dropped uint64 // since the last Take
	total   uint64
}

// NewLatest returns an empty slot. With any policy except Every the newest frame wins.
func NewLatest(p Policy) *Latest {
	l := &Latest{waits: p == Every, filled: make(chan struct{}, 1), free: make(chan struct{}, 1)}
	l.free <- struct{}{}
	return l
}

// Put delivers a frame by swapping it with the slot's. Afterwards *f holds a buffer that
// may be overwritten. With Every it waits until the slot is free or ctx ends.
func (l *Latest) Put(ctx context.Context, f *Frame) error {
	if l.waits {
		select {
		case <-l.free:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	l.mu.Lock()
	if l.full {
		l.dropped++
		l.total++
	}
	l.frame, *f = *f, l.frame
	l.full = true
	l.mu.Unlock()
	select {
	case l.filled <- struct{}{}:
	default:
	}
	return nil
}

// End marks the end of the frames: Take returns the waiting frame, then io.EOF.
func (l *Latest) End() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	select {
	case l.filled <- struct{}{}:
	default:
	}
}

// Take waits for a frame and swaps it with *f. The source will overwrite the old buffer
// of *f, so the caller must not keep it. It returns io.EOF after End.
func (l *Latest) Take(ctx context.Context, f *Frame) error {
	for {
		select {
		case <-l.filled:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		l.mu.Lock()
		if l.full {
			l.frame, *f = *f, l.frame
			f.Dropped = Drops{Overwritten: l.dropped}
			l.full, l.dropped = false, 0
			ended := l.ended
			l.mu.Unlock()
			if ended { // the next Take must see the end
				select {
				case l.filled <- struct{}{}:
				default:
				}
			}
			select {
			case l.free <- struct{}{}:
			default:
			}
			return nil
		}
		ended := l.ended
		l.mu.Unlock()
		if ended {
			l.filled <- struct{}{}
			return io.EOF
		}
	}
}

// Dropped returns the number of frames that newer ones replaced.
func (l *Latest) Dropped() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}
