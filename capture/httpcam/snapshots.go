package httpcam

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"pristine/capture"
)

// snapshots asks for a picture again and again.
type snapshots struct {
	client  *client
	options Options
	ticker  *time.Ticker
	data    bytes.Buffer
	judge   judge
}

func newSnapshots(c *client, o Options) *snapshots {
	return &snapshots{client: c, options: o, ticker: time.NewTicker(time.Duration(float64(time.Second) / o.FPS))}
}

// Read implements capture.Source. The time of capture is that of the request:
// the picture is not older.
func (s *snapshots) Read(ctx context.Context, f *capture.Frame) error {
	select {
	case <-s.ticker.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	f.Captured = time.Now()
	if err := s.fetch(ctx); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("read %s: %w", s.client.shown, err)
	}
	data := s.data.Bytes()
	switch looksLike(data) {
	case aPage: // the session is over
		return fmt.Errorf("read %s: %w", s.client.shown, noCamera("", data))
	case aStream: // of one picture
		var err error
		if data, err = (&parts{body: bytes.NewReader(data)}).next(); err != nil {
			return fmt.Errorf("read %s: %w", s.client.shown, err)
		}
	}
	return s.judge.decode(f, data, s.options.Decode, s.client.shown)
}

func (s *snapshots) fetch(ctx context.Context) error {
	askCtx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	_, err := within(ctx, cancel, s.options.ReadTimeout, func() (struct{}, error) {
		answer, err := s.client.ask(askCtx)
		if err != nil {
			return struct{}{}, err
		}
		s.data.Reset()
		_, err = s.data.ReadFrom(io.LimitReader(answer.Body, MaxBytes+1))
		return struct{}{}, errors.Join(err, answer.Body.Close())
	})
	switch {
	case errors.Is(context.Cause(askCtx), capture.ErrTimeout):
		return fmt.Errorf("%w: no whole picture within %v", capture.ErrTimeout, s.options.ReadTimeout)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w within a picture", capture.ErrEnded)
	case err == nil && s.data.Len() > MaxBytes:
		return fmt.Errorf("%w: a picture of more than %d bytes", capture.ErrCodec, MaxBytes)
	}
	return err
}

// Close implements capture.Source.
func (s *snapshots) Close() error {
	s.ticker.Stop()
	s.client.close()
	return nil
}
