package fleet

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pristine/events"
	"pristine/events/outbox"
	"pristine/events/presence"
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
		t.Fatalf("without a heartbeat: %+v, %v; want err == nil, len(members) == 1, members[0].Health == Silent, not members[0].Seen.IsZero()", members, err)
	}
	for backlog := range uint64(3) {
		tell(events.State{Subject: "agent", Name: "s1", State: events.StateHeartbeat, Counts: map[string]uint64{"PASS": backlog},
			Agent: &events.Agent{Version: "1", IntervalMS: 10000, Health: "ok", Backlog: backlog}})
	}
	tell(events.State{Subject: "camera", Name: "c", State: "streaming"})
	members, err := List(context.Background(), hub, time.Now())
	if err != nil || len(members) != 1 || members[0].Health != "ok" || members[0].Agent.Backlog != 2 || members[0].Station != "plant.line-1.s1" {
		t.Errorf(`%+v, %v; want err == nil, len(members) == 1, members[0].Health == "ok", members[0].Agent.Backlog == 2, members[0].Station == "plant.line-1.s1"`, members, err)
	}
	if members, err := List(context.Background(), hub, time.Now().Add(time.Minute)); err != nil || members[0].Health != Silent {
		t.Errorf("a minute later: %+v, %v", members, err)
	}
}

// A station that was stopped is so at once, not after three heartbeats, as an agent's
// own server shows anybody who may read its events.
func TestList_Presence(t *testing.T) {
	station := events.Station{Site: "plant", Line: "line-1", Name: "s1"}
	store, err := outbox.Open(context.Background(), outbox.Options{Dir: t.TempDir(), Station: station, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := store.Append(context.Background(), events.TypeState, events.State{Subject: "agent", Name: "s1", State: events.StateHeartbeat, Counts: map[string]uint64{"frames": 1},
		Agent: &events.Agent{Version: "1", IntervalMS: 10000, Health: "ok"}}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	there, done := make(chan error, 10), make(chan struct{})
	go func() {
		defer close(done)
		presence.Announce(ctx, presence.Options{Connect: store.Connect, Station: station, Heartbeat: 10 * time.Second, OnState: func(err error) { there <- err }})
	}()
	select {
	case err := <-there:
		if err != nil {
			t.Errorf("announce: %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the station was not announced")
	}
	list := func() Member {
		members, err := List(context.Background(), events.Hub{URL: store.URL()}, time.Now())
		if err != nil || len(members) != 1 {
			t.Fatalf("got %+v, %v; want one member", members, err)
		}
		return members[0]
	}
	if m := list(); m.Health != "ok" || m.Presence == nil || m.Presence.State != presence.Present {
		t.Errorf("while it runs: got %+v (%+v), want ok and present", m, m.Presence)
	}
	cancel()
	<-done
	if m := list(); m.Health != "stopped" || m.Presence == nil || m.Presence.Since.IsZero() {
		t.Errorf("after the stop: got %+v (%+v), want stopped, and since when", m, m.Presence)
	}
}
