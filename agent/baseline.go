package agent

import (
	"context"
	"errors"
	"io"
	"time"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/capture/source"
	"pristine/inspect/health"
)

// patience is how much longer than lasting a slow source may take.
const patience = 20 * time.Second

// LearnBaseline learns a baseline from the frames of a source, until it is complete or
// the source ends. It returns the number of frames.
func LearnBaseline(ctx context.Context, a address.Address, lasting time.Duration, b *health.Baseline) (frames int, err error) {
	s, err := source.OpenBounded(ctx, a, source.Options{})
	if err != nil {
		return 0, err
	}
	defer s.Close()
	var f capture.Frame
	for start := time.Now(); !b.Learned() && time.Since(start) < lasting+patience; {
		err := s.Read(ctx, &f)
		switch {
		case errors.Is(err, io.EOF):
			return frames, nil
		case errors.Is(err, capture.ErrIdle):
			continue
		case err != nil:
			return frames, err
		}
		frames++
		if f.Damaged == "" {
			b.Observe(&f)
		}
	}
	return frames, nil
}
