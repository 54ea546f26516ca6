package capture

import (
	"context"
	"io"
	"sync"
)

// Latest is the slot between a source and the station that inspects its frames.
// One goroutine puts, one takes.
type Latest struct {
	waits  bool          // the one who puts, until the slot is free: policy Every
	filled chan struct{} // holds a token while a frame waits
	free   chan struct{} // holds a token while the slot is free, where it waits

	mu      sync.Mutex
	frame   Frame
	full    bool
	ended   bool
	dropped uint64 // since the last Take
	total   uint64
}

// NewLatest makes an empty slot. With any policy but Every the newest frame
// wins.
func NewLatest(p Policy) *Latest {
	l := &Latest{waits: p == Every, filled: make(chan struct{}, 1), free: make(chan struct{}, 1)}
	l.free <- struct{}{}
	return l
}

// Put hands a frame over by swapping it with the slot's: afterwards *f holds a
// buffer that may be written to. With Every it waits until the slot is free or
// ctx ends.
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

// End says that no more frames come: Take returns the frame that
// waits, then io.EOF.
func (l *Latest) End() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	select {
	case l.filled <- struct{}{}:
	default:
	}
}

// Take waits for a frame and swaps it with *f, whose buffer the source will
// write to: keep nothing of the former *f. io.EOF after End.
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
			if ended { // let the next Take see the end
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

// Dropped counts the frames that newer ones replaced.
func (l *Latest) Dropped() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}
