package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"pristine/events"
	"pristine/events/presence"
)

// Watch shows that a station came and stopped, fleet since when, and where its sets
// came from.
func TestPresence_WatchAndFleet(t *testing.T) {
	t.Parallel()
	store := said(t)
	if _, err := store.Append(context.Background(), events.TypeState, events.State{Subject: "agent", Name: "s1", State: events.StateHeartbeat, Counts: map[string]uint64{"frames": 1}, Agent: &events.Agent{
		Version: "1", IntervalMS: 60000, Health: "ok", PromptSets: map[string]string{"top": "flange"}, Sets: map[string]*events.SetOrigin{"top": {From: "push", Revision: 7, By: "ann", SHA256: strings.Repeat("0", 64), Since: time.Now()}},
	}}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var out, errs buffer
	done := make(chan int, 1)
	go func() { done <- run(ctx, []string{"watch", "--url", store.URL()}, &out, &errs) }()
	const line = "station plant.line-1.s1: "
	// Until watch has begun, what it sees is no change.
	for ctx.Err() == nil && (!strings.Contains(out.String(), line+"present") || !strings.Contains(out.String(), line+"stopped")) {
		there, end := make(chan struct{}), make(chan struct{})
		announcing, stop := context.WithCancel(ctx)
		go func() {
			defer close(end)
			presence.Announce(announcing, presence.Options{Connect: store.Connect, Heartbeat: 10 * time.Second,
				Station: events.Station{Site: "plant", Line: "line-1", Name: "s1"}, OnState: func(error) { close(there) }})
		}()
		select {
		case <-there:
		case <-ctx.Done():
		}
		stop()
		<-end
	}
	if ctx.Err() != nil {
		t.Fatalf("got %q, %q; want lines that the station is present and stopped", out.String(), errs.String())
	}
	cancel()
	<-done
	table, _ := edge(t, 0, "fleet", "--url", store.URL())
	for _, want := range []string{"s1: stopped ", "flange (push 7)"} {
		if !strings.Contains(table, want) {
			t.Errorf("got\n%swant %q", table, want)
		}
	}
	for row := range strings.Lines(table) {
		if n := len([]rune(strings.TrimSpace(row))); n > 80 {
			t.Errorf("got %d columns, want at most 80: %q", n, row)
		}
	}
	if got, _ := edge(t, 0, "fleet", "--url", store.URL(), "--format", "json"); !strings.Contains(got, `"state": "stopped"`) {
		t.Errorf("got %s, want the state stopped", got)
	}
}
