package meter

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// What is written here is not optimised away.
var (
	sink   []byte
	result atomic.Uint64
)

// Work is counted out, not timed: on a busy machine the clock says little.
func TestAllCoresAndAllAllocationsCount(t *testing.T) {
	work := func() {
		x := uint64(1)
		for range 20_000_000 {
			x = x*6364136223846793005 + 1442695040888963407
		}
		result.Store(x)
	}
	one, err := Measure(3, func() error { work(); return nil })
	if err != nil {
		t.Fatal(err)
	}
	both, err := Measure(3, func() error {
		var running sync.WaitGroup
		running.Go(work)
		running.Go(work)
		running.Wait()
		sink = make([]byte, 1<<16)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if one.CPU <= 0 || float64(both.CPU) < 1.5*float64(one.CPU) || both.Allocations < 1 {
		t.Errorf("one goroutine costs %+v, two cost %+v; want one.CPU > 0, float64(both.CPU) >= 1.5*float64(one.CPU), both.Allocations >= 1", one, both)
	}
	idle, err := Measure(3, func() error { time.Sleep(20 * time.Millisecond); return nil })
	if err != nil || idle.CPU > one.CPU/2 || idle.Wall < 20*time.Millisecond {
		t.Errorf("sleeping costs %+v, %v; want err == nil, idle.CPU <= one.CPU/2, idle.Wall >= 20*time.Millisecond", idle, err)
	}
}

func TestTheFirstErrorEndsIt(t *testing.T) {
	runs, broken := 0, errors.New("broken")
	_, err := Measure(10, func() error {
		if runs++; runs == 3 {
			return broken
		}
		return nil
	})
	if !errors.Is(err, broken) || runs != 3 {
		t.Errorf("%d runs, %v", runs, err)
	}
}
