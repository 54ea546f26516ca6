package fleet

import (
	"context"
	"strings"
	"testing"

	"pristine/events"
	"pristine/events/outbox"
)

// What is not there is refused with the names of what is.
func TestHas(t *testing.T) {
	station := events.Station{Site: "plant", Line: "line-1", Name: "s1"}
	store, err := outbox.Open(context.Background(), outbox.Options{Dir: t.TempDir(), Station: station, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	hub := events.Hub{URL: store.URL()}
	has := func(name, camera string) string {
		t.Helper()
		err := Has(context.Background(), hub, events.Station{Site: "plant", Line: "line-1", Name: name}, camera)
		if err == nil {
			return ""
		}
		return err.Error()
	}
	if got := has("s1", "top"); got != "" {
		t.Errorf("of an empty stream: %s", got)
	}
	if _, err := store.Append(context.Background(), events.TypeState, events.State{Subject: "agent", Name: "s1", State: "started"}); err != nil {
		t.Fatal(err)
	}
	if got := has("s1", "left"); got != "" {
		t.Errorf("before a heartbeat: %s", got)
	}
	if _, err := store.Append(context.Background(), events.TypeState, events.State{Subject: "agent", Name: "s1", State: events.StateHeartbeat,
		Counts: map[string]uint64{"frames": 1}, Agent: &events.Agent{Version: "1", IntervalMS: 10000, Health: "ok", PromptSets: map[string]string{"top": "a", "bottom": "a"}}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ station, camera, want string }{
		{"s1", "top", ""}, {"s1", "left", "plant.line-1.s1 has no camera left: it has bottom, top"}, {"s2", "top", "no agent plant.line-1.s2 has spoken at this hub: there are plant.line-1.s1"},
	} {
		if got := has(c.station, c.camera); got != c.want && (c.want == "" || !strings.Contains(got, c.want)) {
			t.Errorf("%s of %s: got %q, want %q", c.camera, c.station, got, c.want)
		}
	}
}
