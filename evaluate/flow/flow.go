package flow

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// ahead is the number of pictures that are decoded in advance. One batch keeps the
// encoder busy, and a large picture takes tens of megabytes.
const ahead = 8

// batch is the number of pictures that are encoded at once.
const batch = 8

// Steps are the steps for a picture P with an encoding O.
type Steps[P, O any] struct {
	Decode func(file string) (P, error)                               // from several goroutines
	Encode func(ctx context.Context, pictures []P, outputs []O) error // from one goroutine
	Use    func(index int, picture *P, output *O) error               // from one goroutine; keeps neither; an error ends the run
	Failed func(index int, err error)                                 // a file that cannot be decoded; from the goroutine of Encode
}

type decoded[P any] struct {
	picture P
	err     error
}

type encoded[P, O any] struct {
	indices  []int
	pictures []P
	outputs  []O
}

// Run passes every file through the steps. It returns the first error of Encode or Use,
// or the cause of a cancelled context.
func Run[P, O any](ctx context.Context, files []string, s Steps[P, O]) error {
	group, ctx := errgroup.WithContext(ctx)
	slots := make(chan chan decoded[P], ahead) // in the order of the files
	group.Go(func() error { return decodeAll(ctx, files, s.Decode, slots) })
	full, free := make(chan *encoded[P, O]), make(chan *encoded[P, O], 2)
	for range cap(free) {
		free <- &encoded[P, O]{outputs: make([]O, batch)}
	}
	group.Go(func() error {
		defer close(full)
		return s.encodeAll(ctx, slots, free, full)
	})
	group.Go(func() error {
		for e := range full {
			for i, index := range e.indices {
				if err := s.Use(index, &e.pictures[i], &e.outputs[i]); err != nil {
					return err
				}
			}
			free <- e
		}
		return nil
	})
	return group.Wait()
}

func decodeAll[P any](ctx context.Context, files []string, decode func(string) (P, error), slots chan<- chan decoded[P]) error {
	defer close(slots)
	workers := errgroup.Group{}
	workers.SetLimit(runtime.GOMAXPROCS(0))
	defer func() { _ = workers.Wait() }()
	for _, file := range files {
		slot := make(chan decoded[P], 1)
		select {
		case slots <- slot:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		workers.Go(func() error {
			picture, err := decode(file)
			slot <- decoded[P]{picture, err}
			return nil
		})
	}
	return nil
}

func (s Steps[P, O]) encodeAll(ctx context.Context, slots <-chan chan decoded[P], free <-chan *encoded[P, O], full chan<- *encoded[P, O]) error {
	index, more := 0, true
	for more {
		var e *encoded[P, O]
		select {
		case e = <-free:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		e.indices, e.pictures = e.indices[:0], e.pictures[:0]
		for len(e.pictures) < batch {
			var slot chan decoded[P]
			if slot, more = <-slots; !more {
				break
			}
			if d := <-slot; d.err != nil {
				s.Failed(index, d.err)
			} else {
				e.indices, e.pictures = append(e.indices, index), append(e.pictures, d.picture)
			}
			index++
		}
		if len(e.pictures) == 0 {
			break
		}
		if err := s.Encode(ctx, e.pictures, e.outputs[:len(e.pictures)]); err != nil {
			return err
		}
		select {
		case full <- e:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
