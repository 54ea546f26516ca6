package outbox

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pristine/events"
)

// A hub and a leaf node started from deploy/nats as it stands: what an agent
// brings to the leaf, also while no hub can be reached, comes to the hub with
// its evidence, once and in order.
func TestTheDeployedLeafBringsEventsToTheHub(t *testing.T) {
	plant := newPlant(t, "hub-leaf.conf")
	// The link goes over a proxy that lets nothing through at first.
	link := newProxy(t, plant.leafAddress())
	link.mode.Store(stall)
	leaf := plant.leaf(strings.TrimPrefix(link.url(), "nats://"))
	s := openStore(t, Options{Dir: t.TempDir()})
	forward(t, s, ForwardOptions{Hub: plant.as(leaf.ClientURL(), "agent")})
	part := 0
	add := func() {
		for range 10 {
			evidence, err := s.PutEvidence(context.Background(), "FAIL", bytesOf(20<<10))
			if err != nil {
				t.Fatal(err)
			}
			appendResult(t, s, part, "FAIL", evidence)
			part++
		}
		drained(t, s)
	}
	add() // the leaf has them, the hub cannot
	link.mode.Store(pass)
	link.reset()
	plant.linked()
	for _, file := range []string{"leaf-events.json", "leaf-evidence.json"} {
		plant.operate("nats", "stream", "add", "--config", "../../deploy/nats/"+file)
	}
	add()
	watcher := plant.as(plant.url, "watcher")
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	next := 0
	report, err := events.Subscribe(ctx, watcher, events.SubscribeOptions{All: true}, func(r events.Received) error {
		result, err := r.Result()
		if err != nil || result.Part != fmt.Sprint(next) {
			return fmt.Errorf("part %d: %+v, %w", next, result, err)
		}
		if next++; next == part {
			cancel()
		}
		return nil
	})
	if err != nil || next != part || report.Missing+report.Duplicates+report.OutOfOrder+report.Refused != 0 {
		t.Fatalf("%d events of %d, %+v, %v; want err == nil, next == part, report.Missing+report.Duplicates+report.OutOfOrder+report.Refused == 0", next, part, report, err)
	}
	reader, err := events.OpenEvidence(context.Background(), watcher)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	last := appendedEvidence(t, s)
	eventually(t, "the last picture is at the hub", func() bool { _, err := reader.Fetch(context.Background(), last); return err == nil })
}

// appendedEvidence appends a result, and returns its evidence.
func appendedEvidence(t *testing.T, s *Store) *events.Evidence {
	t.Helper()
	evidence, err := s.PutEvidence(context.Background(), "FAIL", bytesOf(30<<10))
	if err != nil {
		t.Fatal(err)
	}
	appendResult(t, s, 0, "FAIL", evidence)
	return evidence
}
