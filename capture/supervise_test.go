package capture

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// failing supervises a camera whose n-th opening, from 1 on, delivers frames for
// as long as deliver says and then fails, and returns the waits between the first
// attempts.
func failing(t *testing.T, attempts int, deliver func(n int) time.Duration) (waits []time.Duration) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var (
		closed atomic.Int64
		opened int
		failed time.Time
	)
	_ = Supervise(ctx, Options{
		Name: "c",
		OnState: func(s State) {
			if s.Phase != Waiting {
				return
			}
			failed = time.Now()
			if waits = append(waits, s.Wait); len(waits) == attempts {
				cancel()
			}
		},
		Open: func(context.Context) (Source, error) {
			if n := len(waits); n > 0 && time.Since(failed) != waits[n-1] {
				t.Errorf("attempt %d came %v after the failure, the state said %v", n+1, time.Since(failed), waits[n-1])
			}
			opened++
			until := time.Now().Add(deliver(opened))
			if !time.Now().Before(until) {
				return nil, errors.New("refused")
			}
			return &testSource{closed: &closed, read: func(context.Context) error {
				if time.Sleep(time.Second); time.Now().After(until) {
					return errors.New("reset by the camera")
				}
				return nil
			}}, nil
		},
	}, NewLatest(Newest))
	return waits
}

// Waits grow by half from FirstWait to MaxWait, each with a jitter of a half, and
// stay between the two.
func TestSupervise_BackoffGrowsWithJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const attempts = 60
		waits := failing(t, attempts, func(int) time.Duration { return 0 })
		distinct := map[time.Duration]bool{}
		for n, got := range waits {
			interval := math.Min(math.Pow(1.5, float64(n)), 30)
			least, most := math.Max(interval/2, 1), math.Min(interval*1.5, 30)
			if got.Seconds() < least-0.001 || got.Seconds() > most+0.001 {
				t.Errorf("wait %d is %v, want between %.2fs and %.2fs", n, got, least, most)
			}
			if n >= 10 {
				distinct[got] = true
			}
		}
		if len(waits) != attempts || len(distinct) < 10 {
			t.Errorf("%d waits, want %d; %d of the last %d are distinct, want jitter", len(waits), attempts, len(distinct), attempts-10)
		}
	})
}

// A camera that delivered for HealthyAfter waits from FirstWait on again; one that
// delivered for less does not.
func TestSupervise_BackoffReset(t *testing.T) {
	for name, tc := range map[string]struct {
		delivers    time.Duration
		least, most time.Duration
	}{
		"healthy for long enough": {15 * time.Second, time.Second, 1500 * time.Millisecond},
		"healthy for too short":   {5 * time.Second, 12 * time.Second, 30 * time.Second}, // 1.5^8 s, halved
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const failures = 8
				waits := failing(t, failures+1, func(n int) time.Duration {
					if n == failures+1 {
						return tc.delivers
					}
					return 0
				})
				if got := waits[failures]; got < tc.least || got > tc.most {
					t.Errorf("the wait after %v of frames is %v, want between %v and %v (all: %v)", tc.delivers, got, tc.least, tc.most, waits)
				}
			})
		})
	}
}
