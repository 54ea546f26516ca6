package httpcam

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"pristine/capture"
)

// mostDamaged is how many pictures in a row may be damaged before the stream is
// reopened.
const mostDamaged = 50

// stream is an MJPEG stream.
type stream struct {
	client  *client
	options Options
	body    io.Closer
	parts   *parts
	cancel  context.CancelCauseFunc
	judge   judge
	then    *snapshots // of a camera that sends one picture and ends; nil before that
}

func newStream(c *client, body io.Closer, p *parts, cancel context.CancelCauseFunc, o Options) *stream {
	return &stream{client: c, options: o, body: body, parts: p, cancel: cancel}
}

// Read implements capture.Source.
func (s *stream) Read(ctx context.Context, f *capture.Frame) error {
	if s.then != nil {
		return s.then.Read(ctx, f)
	}
	data, err := within(ctx, s.cancel, s.options.ReadTimeout, s.parts.next)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, capture.ErrTimeout), errors.Is(err, context.Canceled):
		return fmt.Errorf("read %s: %w: no whole picture within %v", s.client.shown, capture.ErrTimeout, s.options.ReadTimeout)
	case errors.Is(err, errClean) && s.parts.pictures == 1:
		s.then = newSnapshots(s.client, s.options) // it answers each request with one picture
		return s.then.Read(ctx, f)
	case err != nil:
		return fmt.Errorf("read %s: %w", s.client.shown, err)
	}
	f.Captured = time.Now()
	return s.judge.decode(f, data, s.options.Decode, s.client.shown)
}

// Close implements capture.Source.
func (s *stream) Close() error {
	s.cancel(nil)
	err := s.body.Close()
	if s.then != nil {
		return errors.Join(err, s.then.Close())
	}
	s.client.close()
	return err
}

// judge decides what a picture that cannot be decoded means. The first one, or many
// in a row, mean that what the address gives are no pictures; one between others is
// a frame that was damaged.
type judge struct{ good, damaged int }

func (j *judge) decode(f *capture.Frame, data []byte, decode func(f *capture.Frame, data []byte) error, shown string) error {
	f.Damaged = ""
	err := decode(f, data)
	if err == nil {
		j.good, j.damaged = j.good+1, 0
		return nil
	}
	if j.damaged++; j.good == 0 || j.damaged >= mostDamaged {
		return fmt.Errorf("read %s: %w: %w", shown, capture.ErrCodec, err)
	}
	f.Damaged = err.Error()
	return nil
}
