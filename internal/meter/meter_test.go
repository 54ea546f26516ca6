package meter

import (
	"errors"
	"sync"
	"testing"
	"time"
)

var sink []byte

func TestAllCoresAndAllAllocationsCount(t *testing.T) {
	spin := func() {
		for start := time.Now(); time.Since(start) < 20*time.Millisecond; {
		}
	}
	cost, err := Measure(3, func() error {
		var both sync.WaitGroup
		both.Go(spin)
		both.Go(spin)
		both.Wait()
		sink = make([]byte, 1<<16)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if cost.Wall < 20*time.Millisecond || cost.CPU < 10*time.Millisecond || cost.Allocations < 1 {
		t.Errorf("%+v", cost)
	}
	idle, err := Measure(3, func() error { time.Sleep(20 * time.Millisecond); return nil })
	if err != nil || idle.CPU > idle.Wall/2 {
		t.Errorf("sleeping costs %+v, %v", idle, err)
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
