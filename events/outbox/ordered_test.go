package outbox

import (
	"context"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

// A store without room looks at its events and pictures again and again: for days, on a
// full disk. No look may leave a consumer behind.
func TestStore_LookingForRoomLeavesNoConsumers(t *testing.T) {
	s := openStore(t, Options{Dir: t.TempDir()})
	ctx := context.Background()
	for part := range 3 {
		evidence, err := s.PutEvidence(ctx, "FAIL", bytesOf(20<<10))
		if err != nil {
			t.Fatal(err)
		}
		appendResult(t, s, part, "FAIL", evidence)
	}
	b := s.broker.Load()
	for range 20 {
		info, err := b.stream.Info(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if plan, err := s.plan(ctx, b, info, 1); err != nil || len(plan.sequences) != 1 {
			t.Fatalf("%+v, %v: want a plan to remove one event", plan, err)
		}
		if found, err := b.pictures.list(ctx); err != nil || len(found) != 3 {
			t.Fatalf("%d pictures, %v: want 3", len(found), err)
		}
	}
	for _, stream := range []jetstream.Stream{b.stream, b.pictures.stream} {
		info, err := stream.Info(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if info.State.Consumers != 0 {
			t.Errorf("stream %s has %d consumers, want none", info.Config.Name, info.State.Consumers)
		}
	}
}
