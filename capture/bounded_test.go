package capture

import (
	"context"
	"errors"
	"testing"
	"time"
)

// stuck is a source whose reads hang until it is freed, as drivers do.
type stuck struct {
	free   chan struct{}
	frames int
}

func (s *stuck) Read(_ context.Context, f *Frame) error {
	if s.frames--; s.frames < 0 {
		<-s.free
	}
	f.Resize(2, 2)
	return nil
}

func (*stuck) Close() error { return nil }

// A driver that hangs in its open or its read, and knows no context, holds nobody up.
func TestBounded_EndsThoughTheDriverHangs(t *testing.T) {
	free := make(chan struct{})
	defer close(free)
	hangs := func(context.Context) (Source, error) { <-free; return nil, ErrEnded }
	start := time.Now()
	if _, err := Bounded(context.Background(), Options{Open: hangs, OpenTimeout: 20 * time.Millisecond}); !errors.Is(err, ErrTimeout) {
		t.Errorf("open: got %v, want %v", err, ErrTimeout)
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := Bounded(ctx, Options{Open: hangs, OpenTimeout: time.Hour}); !errors.Is(err, context.Canceled) {
		t.Errorf("open: got %v, want %v", err, context.Canceled)
	}
	for name, tc := range map[string]struct {
		timeout time.Duration
		cancel  bool
		want    error
	}{"time-out": {20 * time.Millisecond, false, ErrTimeout}, "Ctrl-C": {time.Hour, true, context.Canceled}} {
		s, err := Bounded(context.Background(), Options{ReadTimeout: tc.timeout, Open: func(context.Context) (Source, error) { return &stuck{free, 2}, nil }})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		if tc.cancel {
			time.AfterFunc(20*time.Millisecond, cancel)
		}
		var f Frame
		frames := 0
		for ; err == nil; frames++ {
			err = s.Read(ctx, &f)
		}
		if !errors.Is(err, tc.want) || frames != 3 || f.Width != 2 {
			t.Errorf("read, %s: got %v after %d frames, want %v after 2", name, err, frames-1, tc.want)
		}
		if err := s.Read(context.Background(), &f); !errors.Is(err, tc.want) {
			t.Errorf("read again: got %v, want %v", err, tc.want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		cancel()
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}
