package capture

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// reader owns a source in its own goroutine, so that a call that never returns can be
// abandoned: the goroutine closes its source when that call returns.
type reader struct {
	name    string
	stats   *Stats
	frame   Frame // written between a request and its result
	request chan struct{}
	result  chan error
	cancel  context.CancelFunc
	done    chan struct{}
	left    atomic.Bool // abandoned
	timer   *time.Timer
}

func newReader(ctx context.Context, o *Options) *reader {
	ctx, cancel := context.WithCancel(ctx)
	r := &reader{
		name: o.Name, stats: o.Stats, cancel: cancel, timer: time.NewTimer(time.Hour),
		request: make(chan struct{}, 1), result: make(chan error, 1), done: make(chan struct{}),
	}
	go r.run(ctx, o.Open)
	return r
}

func (r *reader) run(ctx context.Context, open Opener) {
	defer func() {
		close(r.done)
		// Either this or stop takes back the count, whichever comes second.
		if r.left.CompareAndSwap(true, false) {
			r.stats.Abandoned.Add(-1)
		}
	}()
	r.stats.Opens.Add(1)
	source, err := open(ctx)
	if err != nil {
		r.result <- fmt.Errorf("open camera %q: %w", r.name, err)
		return
	}
	defer func() { _ = source.Close() }()
	r.result <- nil
	for range r.request {
		err := source.Read(ctx, &r.frame)
		if err == ErrIdle { //nolint:errorlint // it is returned as it is, by contract
			r.result <- err
			continue
		}
		if err != nil && err != io.EOF { //nolint:errorlint // as above
			err = fmt.Errorf("read camera %q: %w", r.name, err)
		}
		r.result <- err
		if err != nil {
			return
		}
	}
}

// await waits for the result of the current open or read.
func (r *reader) await(ctx context.Context, limit time.Duration, verb string) error {
	r.timer.Reset(limit)
	select {
	case err := <-r.result:
		return err
	case <-r.timer.C:
		return fmt.Errorf("%s camera %q: %w: waited %v", verb, r.name, ErrTimeout, limit)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// grace is how long a cancelled call may take to return before it is abandoned. Sources
// that observe their context return within it.
const grace = 200 * time.Millisecond

// stop ends the reader, or abandons it if it hangs.
func (r *reader) stop() {
	r.cancel()
	close(r.request)
	r.timer.Reset(grace)
	defer r.timer.Stop()
	select {
	case <-r.done:
	case <-r.timer.C:
		r.stats.Abandoned.Add(1)
		r.left.Store(true)
		select {
		case <-r.done: // it returned just now, perhaps before it saw left
			if r.left.CompareAndSwap(true, false) {
				r.stats.Abandoned.Add(-1)
			}
		default:
		}
	}
}
