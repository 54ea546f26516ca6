package outbox

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"pristine/events"
)

// Eight cameras give 500 events a second together, each with a picture of
// 100 KB, while all of it goes to a hub; none is lost, doubled or out of order.
// How many of them a machine holds, and how far behind the hub is, is logged.
func TestNeverLostNeverDoubledUnderLoad(t *testing.T) {
	const cameras, wanted = 8, 500
	hub := newHub(t)
	s := openStore(t, Options{Dir: t.TempDir(), MaxBytes: 1 << 30, EvidenceBytes: 8 << 30})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}, EvidenceBytes: 8 << 30})
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rounds(2, 60))*time.Second)
	defer cancel()
	pace, picture := rate.NewLimiter(wanted, cameras), bytesOf(100<<10)
	var working sync.WaitGroup
	took := make([][]time.Duration, cameras)
	began := time.Now()
	for camera := range cameras {
		working.Go(func() {
			for pace.Wait(ctx) == nil {
				start := time.Now()
				evidence, err := s.PutEvidence(context.Background(), "FAIL", picture)
				if err == nil {
					_, err = s.Append(context.Background(), events.TypeResult, events.Result{Camera: fmt.Sprint(camera), Part: fmt.Sprint(len(took[camera])), Verdict: "FAIL", Evidence: evidence})
				}
				if err != nil {
					t.Error(err)
					return
				}
				took[camera] = append(took[camera], time.Since(start))
			}
		})
	}
	working.Wait()
	loaded, status := time.Since(began), s.Status()
	drained(t, s)
	t.Logf("%d events in %.0f s: %.0f/s of %d/s; the hub had %d of them, and all %.0f s later", status.Sequence, loaded.Seconds(),
		float64(status.Sequence)/loaded.Seconds(), wanted, status.Forwarded, (time.Since(began) - loaded).Seconds())
	sorted := slices.Sorted(slices.Values(slices.Concat(took...)))
	t.Logf("an event took %v, one in a hundred more than %v, the slowest %v", sorted[len(sorted)/2], sorted[len(sorted)*99/100], sorted[len(sorted)-1])
	got, report := all(t, hub.url())
	if uint64(len(got)) != status.Sequence || report.Missing+report.Shed+report.Duplicates+report.OutOfOrder+report.Refused != 0 {
		t.Fatalf("%d events of %d: %+v", len(got), status.Sequence, report)
	}
	next := make([]int, cameras)
	for _, r := range got {
		result, err := r.Result()
		if err != nil {
			t.Fatal(err)
		}
		var camera int
		if _, err := fmt.Sscan(result.Camera, &camera); err != nil || result.Part != fmt.Sprint(next[camera]) || result.Evidence.Status != events.EvidenceStored {
			t.Fatalf("part %d of camera %s: %+v; want err == nil, result.Part == fmt.Sprint(next[camera]), result.Evidence.Status == events.EvidenceStored", next[camera], result.Camera, result)
		}
		next[camera]++
	}
	t.Logf("%d events at the hub: %d lost, %d doubled, %d out of order", len(got), report.Missing, report.Duplicates, report.OutOfOrder)
}
