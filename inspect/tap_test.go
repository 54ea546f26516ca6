package inspect

import (
	"context"
	"errors"
	"testing"
	"time"

	"pristine/capture"
)

// endless gives frames whose pixels are their number, in one buffer.
type endless struct{ taken byte }

func (e *endless) Take(_ context.Context, f *capture.Frame) error {
	e.taken++
	f.Seq = uint64(e.taken)
	f.Pix = append(f.Pix[:0], e.taken)
	return nil
}

// What a tap hands out is the next frame that the station takes, and a copy.
func TestTap_CopyOfTheNextFrame(t *testing.T) {
	tap := NewTap(&endless{})
	var f capture.Frame
	take := func() {
		if err := tap.Take(context.Background(), &f); err != nil {
			t.Fatal(err)
		}
	}
	take()
	got := make(chan capture.Frame)
	for range 2 {
		go func() {
			next, err := tap.Next(context.Background())
			if err != nil {
				t.Error(err)
			}
			got <- next
		}()
	}
	for waiting := 0; waiting < 2; time.Sleep(time.Millisecond) {
		tap.mu.Lock()
		waiting = len(tap.waiting)
		tap.mu.Unlock()
	}
	take()
	take()
	for range 2 {
		if next := <-got; next.Seq != 2 || next.Pix[0] != 2 {
			t.Errorf("%+v", next)
		}
	}
	if allocs := testing.AllocsPerRun(100, take); allocs != 0 {
		t.Errorf("%v allocations a frame while nobody asks", allocs)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := tap.Next(ctx); !errors.Is(err, context.Canceled) || len(tap.waiting) != 0 {
		t.Errorf("%v, %d wait", err, len(tap.waiting))
	}
}
