package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"pristine/events"
	"pristine/events/outbox"
)

// said is a station's store with events of each kind, some of them nasty.
func said(t *testing.T) *outbox.Store {
	t.Helper()
	store, err := outbox.Open(context.Background(), outbox.Options{Dir: t.TempDir(), Station: events.Station{Site: "plant", Line: "line-1", Name: "s1"}, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	add := func(kind events.Type, data any) {
		if _, err := store.Append(context.Background(), kind, data); err != nil {
			t.Fatal(err)
		}
	}
	picture, err := store.PutEvidence(context.Background(), "FAIL", []byte("a picture"))
	if err != nil {
		t.Fatal(err)
	}
	gone := *picture
	gone.Name = "fail-s1-gone.jpg"
	add(events.TypeResult, events.Result{Camera: "top", Part: "p1", Verdict: "PASS"})
	add(events.TypeResult, events.Result{Camera: "top", Part: "p2", Verdict: "FAIL", Defect: 0.9, Likeliest: "crack", Severity: "critical", Evidence: picture, Heatmap: &gone})
	add(events.TypeResult, events.Result{Camera: "side", Part: "p3\x1b[2J\r\nx", Verdict: "REVIEW", Reason: strings.Repeat("y", 200)})
	add(events.TypeState, events.State{Subject: "agent", Name: "s1", State: events.StateHeartbeat, Counts: map[string]uint64{"frames": 1}, Agent: &events.Agent{Version: "1", IntervalMS: 60000, Health: "ok", LastVerdict: "FAIL"}})
	add(events.TypeAlarm, events.Alarm{Name: "last", Detail: "words"})
	return store
}

// watchUntil runs edge watch until the text comes, and returns what it printed.
func watchUntil(t *testing.T, until string, args ...string) (stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var out, errs buffer
	done := make(chan int, 1)
	go func() { done <- run(ctx, append([]string{"watch", "--all"}, args...), &out, &errs) }()
	code := -1
	for code < 0 && !strings.Contains(out.String(), until) && ctx.Err() == nil {
		select {
		case code = <-done:
		case <-time.After(5 * time.Millisecond):
		}
	}
	if cancel(); code < 0 {
		code = <-done
	}
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	return out.String(), errs.String()
}

func TestWatchShowsFiltersAndKeeps(t *testing.T) {
	t.Parallel()
	store, dir := said(t), t.TempDir()
	out, errs := watchUntil(t, "last: words", "--url", store.URL(), "--save", dir)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 4 || !strings.Contains(errs, "5 events, 0 missing, 0 shed by agents, 0 duplicates left out, 0 late, 0 refused") || !strings.Contains(errs, "1 pictures were not there") {
		t.Errorf(`%s%s; want len(lines) == 4, strings.Contains(errs, "5 events, 0 missing, 0 shed by agents, 0 duplicates left out, 0 late, 0 refused"), strings.Contains(errs, "1 pictures were not there")`, out, errs)
	}
	if !strings.Contains(out, "0.90 likely crack, critical") {
		t.Errorf("no severity of the FAIL in\n%s", out)
	}
	for _, line := range lines {
		if runewidth.StringWidth(line) > 80 || strings.ContainsAny(line, "\x1b\r") {
			t.Errorf("unfit for a terminal: %q", line)
		}
	}
	pictures, _ := filepath.Glob(filepath.Join(dir, "*.jpg"))
	if len(pictures) != 1 || !strings.Contains(filepath.Base(pictures[0]), "Z-FAIL-top-p2-") {
		t.Fatalf("kept %v", pictures)
	}
	if data, _ := os.ReadFile(pictures[0]); string(data) != "a picture" {
		t.Errorf("kept %q", data)
	}
	for name, tc := range map[string]struct {
		args        []string
		until, none string
	}{
		"verdict": {[]string{"--verdict", "FAIL,REVIEW"}, "REVIEW", "PASS"},
		"camera":  {[]string{"--camera", "side"}, "side", "top"},
		"station": {[]string{"--station", "plant.line-1.s1"}, "last: words", "heartbeat"},
		"json":    {[]string{"--format", "json", "--beats"}, `"heartbeat"`, "ALARM  "},
		"old way": {[]string{"--json", "--beats"}, `"heartbeat"`, "ALARM  "},
		"beats":   {[]string{"--beats"}, "heartbeat", "{"},
	} {
		t.Run(name, func(t *testing.T) {
			if out, _ := watchUntil(t, tc.until, append(tc.args, "--url", store.URL())...); !strings.Contains(out, tc.until) || strings.Contains(out, tc.none) {
				t.Errorf("got out %+v, tc %+v; want strings.Contains(out, tc.until), not strings.Contains(out, tc.none)", out, tc)
			}
		})
	}
}

func TestFleetListsAgents(t *testing.T) {
	t.Parallel()
	store := said(t)
	out, _ := edge(t, 0, "fleet", "--url", store.URL())
	for _, want := range []string{"plant.line-1.s1", "ok", "FAIL"} {
		if !strings.Contains(out, want) {
			t.Errorf("%s does not show %s", out, want)
		}
	}
	for line := range strings.Lines(out) {
		if runewidth.StringWidth(strings.TrimSpace(line)) > 80 {
			t.Errorf("wider than 80 columns: %q", line)
		}
	}
	if out, _ := edge(t, 0, "fleet", "--url", store.URL(), "--format", "json"); !strings.Contains(out, `"health": "ok"`) {
		t.Error(out)
	}
}
