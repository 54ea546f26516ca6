package capture

import (
	"context"
	"errors"
	"fmt"
)

// Bounded opens a source whose open and reads end at the time-outs of o and with their
// context, even if the driver hangs. It is for commands that read a camera for a short
// time; Supervise keeps one running.
//
// A call that hangs is abandoned: it keeps its thread until it returns, and then closes
// its source. After an error the caller must close the source.
func Bounded(ctx context.Context, o Options) (Source, error) {
	o.setDefaults()
	b := &bounded{reader: newReader(ctx, &o), options: o}
	if err := b.reader.await(ctx, o.OpenTimeout, "open"); err != nil {
		b.reader.stop()
		return nil, err
	}
	return b, nil
}

type bounded struct {
	reader  *reader
	options Options
	failed  error
}

// Read implements Source. It swaps buffers with the reader.
func (b *bounded) Read(ctx context.Context, f *Frame) error {
	if b.failed != nil {
		return fmt.Errorf("read camera %q again: %w", b.options.Name, b.failed)
	}
	b.reader.request <- struct{}{}
	err := b.reader.await(ctx, b.options.ReadTimeout, "read")
	if errors.Is(err, ErrIdle) {
		return ErrIdle
	}
	if b.failed = err; err != nil {
		return err
	}
	*f, b.reader.frame = b.reader.frame, *f
	b.reader.frame.Name, b.reader.frame.Part, b.reader.frame.PartEnd, b.reader.frame.Damaged = "", "", false, ""
	return nil
}

// Close implements Source.
func (b *bounded) Close() error {
	b.reader.stop()
	return nil
}
