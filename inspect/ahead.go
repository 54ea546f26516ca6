package inspect

import (
	"context"
	"sync"

	"pristine/capture"
	"pristine/prompts"
)

// Ahead encodes frames in advance, while a station still judges an earlier one. It is
// the station's Frames and Encoder. It is for sources whose frames queue: a live
// camera's frame would only get older.
//
// Frames keep their order. Each is encoded with the needs of the previous one. If the
// station has other needs, such as after an edit of the set, the frame is encoded
// again. While the station skips frames without encoding them, such as those of an
// empty belt, none is encoded in advance.
//
// Take and Encode belong to the station's goroutine.
type Ahead struct {
	frames  Frames
	early   []*early
	free    chan *early
	taken   chan *early // in the order of their frames
	current *early      // the frame that the station has; nil before the first
	begin   sync.Once
	running sync.WaitGroup

	mu    sync.Mutex
	known bool // the last frame was encoded, with needs
	needs prompts.Needs
}

// early is a frame on its way to the station, with its encoder and its observation.
type early struct {
	encoder     Encoder
	frame       capture.Frame
	encoding    capture.Frame // the same, as the encoder has it
	needs       prompts.Needs
	observation prompts.Observation
	begun       bool // encoding has started and nobody has waited for it
	err         error
	end         error // instead of a frame
	begin, done chan struct{}
}

// NewAhead returns an Ahead that encodes up to len(encoders)-1 frames in advance. Each
// encoder must have its own buffers.
func NewAhead(frames Frames, encoders ...Encoder) *Ahead {
	a := &Ahead{frames: frames, free: make(chan *early, len(encoders)), taken: make(chan *early, len(encoders))}
	for _, encoder := range encoders {
		e := &early{encoder: encoder, begin: make(chan struct{}, 1), done: make(chan struct{}, 1)}
		a.early = append(a.early, e)
		a.free <- e
	}
	return a
}

// Take implements Frames. All calls must have the same context, which limits all work.
// After an error nothing is being encoded.
func (a *Ahead) Take(ctx context.Context, f *capture.Frame) error {
	a.begin.Do(func() { a.running.Go(func() { a.run(ctx) }) })
	if e := a.current; e != nil {
		if e.begun { // the station skipped its frame
			a.ask(prompts.Needs{}, false)
			_ = e.wait() // nobody needs the error of a skipped frame
		}
		a.current = nil
		a.free <- e
	}
	select {
	case e := <-a.taken:
		if e.end != nil {
			a.taken <- e // for the next call
			a.running.Wait()
			return e.end
		}
		*f, e.frame = e.frame, *f
		a.current = e
		return nil
	case <-ctx.Done():
		a.running.Wait()
		return context.Cause(ctx)
	}
}

// Encode implements Encoder. f must be the frame that Take returned last.
func (a *Ahead) Encode(ctx context.Context, f *capture.Frame, o *prompts.Observation) error {
	needs, e := prompts.Needs{Tiles: o.TileGrid[0], Detail: o.Detail}, a.current
	a.ask(needs, true)
	if e.begun {
		if err := e.wait(); e.needs == needs {
			*o = e.observation
			return err
		}
	}
	return e.encoder.Encode(ctx, f, o)
}

// ask sets the needs of later frames. Without known they are not encoded in advance.
func (a *Ahead) ask(needs prompts.Needs, known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.needs, a.known = needs, known
}

// run takes frames and starts encoding them until they or ctx end.
func (a *Ahead) run(ctx context.Context) {
	for _, e := range a.early {
		defer close(e.begin)
		a.running.Go(func() { e.work(ctx) })
	}
	for {
		var e *early
		select {
		case e = <-a.free:
		case <-ctx.Done():
			return
		}
		if e.end = a.frames.Take(ctx, &e.frame); e.end != nil {
			a.taken <- e
			return
		}
		a.mu.Lock()
		e.needs, e.begun = a.needs, a.known
		a.mu.Unlock()
		if e.begun {
			e.encoding = e.frame
			e.begin <- struct{}{}
		}
		a.taken <- e
	}
}

// work encodes a frame each time that run starts one.
func (e *early) work(ctx context.Context) {
	for range e.begin {
		e.observation.Ask(e.needs)
		e.err = e.encoder.Encode(ctx, &e.encoding, &e.observation)
		e.done <- struct{}{}
	}
}

// wait waits until the frame is encoded.
func (e *early) wait() error {
	<-e.done
	e.begun = false
	return e.err
}
