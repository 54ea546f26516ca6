package meter

import (
	"fmt"
	"runtime"
	"syscall"
	"time"
)

// Cost is what one run of a piece of work took, the mean over its runs.
type Cost struct {
	Wall        time.Duration
	CPU         time.Duration // user and system, of all cores together
	Allocations float64       // on the Go heap
}

// Measure runs work once to warm up and then n times. It ends with work's
// first error.
func Measure(n int, work func() error) (Cost, error) {
	if err := work(); err != nil {
		return Cost{}, err
	}
	return Once(n, func() error {
		for range n {
			if err := work(); err != nil {
				return err
			}
		}
		return nil
	})
}

// Once runs work that has n steps, without warming up, and returns the cost of a
// step.
func Once(n int, work func() error) (Cost, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	spent, err := ProcessTime()
	if err != nil {
		return Cost{}, err
	}
	start := time.Now()
	if err := work(); err != nil {
		return Cost{}, err
	}
	wall := time.Since(start)
	now, err := ProcessTime()
	if err != nil {
		return Cost{}, err
	}
	runtime.ReadMemStats(&after)
	steps := time.Duration(n)
	return Cost{Wall: wall / steps, CPU: (now - spent) / steps, Allocations: float64(after.Mallocs-before.Mallocs) / float64(n)}, nil
}

// ProcessTime returns the time of all cores that this process has used.
func ProcessTime() (time.Duration, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, fmt.Errorf("read the process's time: %w", err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}

// Milliseconds returns a duration in milliseconds, to the microsecond.
func Milliseconds(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1000
}
