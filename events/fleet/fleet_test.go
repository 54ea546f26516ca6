package fleet

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pristine/events"
	"pristine/events/outbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Every station is listed, with its last heartbeat; who has been quiet for
// three intervals is silent.
func TestListTellsWhoSpeaksAndWhoIsSilent(t *testing.T) {
	store, err := outbox.Open(context.Background(), outbox.Options{Dir: t.TempDir(), Station: events.Station{Site: "plant", Line: "line-1", Name: "s1"}, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	hub := events.Hub{URL: store.URL()}
	tell := func(s events.State) {
		if _, err := store.Append(context.Background(), events.TypeState, s); err != nil {
			t.Fatal(err)
		}
	}
	tell(events.State{Subject: "agent", Name: "s1", State: "started"})
	if members, err := List(context.Background(), hub, time.Now()); err != nil || len(members) != 1 || members[0].Health != Silent || members[0].Seen.IsZero() {
		t.Fatalf("without a heartbeat: %+v, %v", members, err)
	}
	for backlog := range uint64(3) {
		tell(events.State{Subject: "agent", Name: "s1", State: events.StateHeartbeat, Counts: map[string]uint64{"PASS": backlog},
			Agent: &events.Agent{Version: "1", IntervalMS: 10000, Health: "ok", Backlog: backlog}})
	}
	tell(events.State{Subject: "camera", Name: "c", State: "streaming"})
	members, err := List(context.Background(), hub, time.Now())
	if err != nil || len(members) != 1 || members[0].Health != "ok" || members[0].Agent.Backlog != 2 || members[0].Station != "plant.line-1.s1" {
		t.Errorf("%+v, %v", members, err)
	}
	if members, err := List(context.Background(), hub, time.Now().Add(time.Minute)); err != nil || members[0].Health != Silent {
		t.Errorf("a minute later: %+v, %v", members, err)
	}
}
