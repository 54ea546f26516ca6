package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Phase is what a camera is doing.
type Phase string

// The phases of a camera.
const (
	Connecting Phase = "connecting"
	Streaming  Phase = "streaming"
	Waiting    Phase = "waiting" // for the next attempt; Err says why
	Ended      Phase = "ended"
)

// State is a camera's phase, told to OnState when it changes.
type State struct {
	Phase Phase
	Err   error         // why it waits, or why it ended too early
	Wait  time.Duration // until the next attempt
}

// Options configure Supervise. Zero values take the defaults.
type Options struct {
	Name         string
	Open         Opener
	Restarts     bool          // each opening starts at the first frame: files, folders, replays
	OpenTimeout  time.Duration // 10 s
	ReadTimeout  time.Duration // 5 s; none with Restarts
	FirstWait    time.Duration // 1 s, the shortest back-off
	MaxWait      time.Duration // 30 s
	HealthyAfter time.Duration // 10 s of frames, after which the back-off is reset
	MaxAbandoned int           // 4 hanging reads and opens at the same time
	OnState      func(State)   // called by Supervise's goroutine; must not block
	Stats        *Stats
}

// Stats counts events of a camera. It is safe for any goroutine.
type Stats struct {
	Frames    atomic.Uint64
	Opens     atomic.Uint64
	Failures  atomic.Uint64
	Abandoned atomic.Int64 // reads and opens that currently hang
}

// ErrHanging is wrapped by an error that is returned if MaxAbandoned reads hang.
var ErrHanging = errors.New("too many hanging reads")

func (o *Options) setDefaults() {
	for _, d := range []struct {
		value *time.Duration
		def   time.Duration
	}{
		{&o.OpenTimeout, 10 * time.Second}, {&o.ReadTimeout, 5 * time.Second}, {&o.FirstWait, time.Second},
		{&o.MaxWait, 30 * time.Second}, {&o.HealthyAfter, 10 * time.Second},
	} {
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	if o.Restarts {
		o.ReadTimeout = math.MaxInt64
	}
	if o.MaxAbandoned == 0 {
		o.MaxAbandoned = 4
	}
	if o.OnState == nil {
		o.OnState = func(State) {}
	}
	if o.Stats == nil {
		o.Stats = new(Stats)
	}
}

// Slot is the destination of a camera's frames: a Latest, or a Fan of several.
type Slot interface {
	// Put delivers a frame. Afterwards *f holds a buffer that may be overwritten.
	Put(ctx context.Context, f *Frame) error
	// End marks the end of the frames.
	End()
}

// Supervise opens the camera, puts its frames into the slot, and reopens it after each
// failure, until the source ends (nil) or ctx does (its cause). It ends the slot before
// it returns.
//
// A source that restarts never delivers a frame twice: slow reads have no time-out, and
// a failed read ends the camera with its error.
func Supervise(ctx context.Context, o Options, slot Slot) error {
	o.setDefaults()
	defer slot.End()
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval = o.FirstWait, o.MaxWait
	var seq uint64
	for {
		o.OnState(State{Phase: Connecting})
		healthy, err := stream(ctx, &o, slot, &seq)
		if errors.Is(err, io.EOF) {
			o.OnState(State{Phase: Ended})
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if healthy {
			waits.Reset()
		}
		o.Stats.Failures.Add(1)
		if o.Restarts && seq > 0 {
			err = fmt.Errorf("%w: not restarted: the source would replay its first %d frames", err, seq)
			o.OnState(State{Phase: Ended, Err: err})
			return err
		}
		wait := min(max(waits.NextBackOff(), o.FirstWait), o.MaxWait) // its jitter goes beyond both
		o.OnState(State{Phase: Waiting, Err: err, Wait: wait})
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// stream opens the source once and reads it until it fails. healthy reports whether it
// had delivered for long enough to reset the back-off.
func stream(ctx context.Context, o *Options, slot Slot, seq *uint64) (healthy bool, err error) {
	if hanging := o.Stats.Abandoned.Load(); hanging >= int64(o.MaxAbandoned) {
		return false, fmt.Errorf("open camera %q: %w: %d; they are waited for", o.Name, ErrHanging, hanging)
	}
	r := newReader(ctx, o)
	defer r.stop()
	if err := r.await(ctx, o.OpenTimeout, "open"); err != nil {
		return false, err
	}
	var first time.Time
	for {
		r.request <- struct{}{}
		err := r.await(ctx, o.ReadTimeout, "read")
		if err != nil && !errors.Is(err, ErrIdle) {
			return !first.IsZero() && time.Since(first) >= o.HealthyAfter, err
		}
		if first.IsZero() {
			first = time.Now()
			o.OnState(State{Phase: Streaming})
		}
		if err != nil {
			continue
		}
		*seq++
		o.Stats.Frames.Add(1)
		r.frame.Camera, r.frame.Seq, r.frame.Dropped = o.Name, *seq, Drops{}
		r.frame.Delivered, r.frame.Triggered = time.Now(), time.Time{}
		if err := slot.Put(ctx, &r.frame); err != nil {
			return true, err
		}
		r.frame.Name, r.frame.Part, r.frame.PartEnd, r.frame.Damaged = "", "", false, ""
	}
}
