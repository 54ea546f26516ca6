package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pristine/events"
	"pristine/internal/need"
	"pristine/web"
)

// Every policy counts what it drops under its own cause: in status, metrics,
// heartbeats and events.
func TestDrops_EachPolicy(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	for name, tc := range map[string]struct {
		source, camera, cause string
		inResults             bool // result events name the cause, too
	}{
		"newest":  {"testline://?fps=0&defect_rate=0", "policy: newest, hold_off: 0s", "overwritten", true},
		"every":   {"testline://?fps=0&defect_rate=0", "policy: every, hold_off: 0s", "", false},
		"fps:N":   {"testline://?fps=50&defect_rate=0", "policy: 'fps:5', hold_off: 0s", "pace", true},
		"trigger": {"testline://?fps=50&defect_rate=0", "policy: trigger", "gate", false}, // and nobody triggers
		"stale":   {"testline://?fps=50&defect_rate=0", "policy: newest, health: {max_age: 1ns}", "stale", true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			config := filepath.Join(dir, "edge.yaml")
			text := "station: {name: test}\nevents: {dir: " + dir + "/events, listen: '127.0.0.1:0', heartbeat: 1s}\nhttp: {listen: '127.0.0.1:0'}\n" +
				"cameras:\n  - {name: cam, source: '" + tc.source + "', " + tc.camera + "}\n"
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			page, stop := agentOn(t, config)
			defer stop()
			var c web.Camera
			until(t, "frames and drops", &buffer{}, func() bool {
				c = statusOf(t, page).Cameras[0]
				return tc.cause == "" && c.Frames > 3 || c.DroppedBy[tc.cause] > 10
			})
			sum := uint64(0)
			for _, n := range c.DroppedBy {
				sum += n
			}
			if sum != c.Dropped || len(c.DroppedBy) != 4 || tc.cause == "" && sum > 0 {
				t.Errorf(`status has %d dropped, by cause %v; want sum == c.Dropped, len(c.DroppedBy) == 4, not tc.cause == "" && sum > 0`, c.Dropped, c.DroppedBy)
			}
			_, metrics := fetch(t, page+"metrics")
			for cause := range c.DroppedBy {
				if !strings.Contains(string(metrics), `pristine_frames_dropped_total{camera="cam",cause="`+cause+`"} `) {
					t.Errorf("metrics have no %s", cause)
				}
			}
			if tc.cause != "" {
				droppedInEvents(t, statusOf(t, page).Events.URL, tc.cause, tc.inResults)
			}
		})
	}
}

// droppedInEvents waits for a heartbeat, and a result where there are to be
// any, that names the cause.
func droppedInEvents(t *testing.T, url, cause string, inResults bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	beat, named := false, !inResults
	_, err := events.Subscribe(ctx, events.Hub{URL: url}, events.SubscribeOptions{All: true}, func(r events.Received) error {
		if state, err := r.State(); err == nil && state.Counts["dropped_"+cause] > 0 {
			beat = state.Counts["dropped"] >= state.Counts["dropped_"+cause]
		}
		if result, err := r.Result(); err == nil && result.Frame != nil && result.Frame.DroppedBy[cause] > 0 {
			sum := uint64(0)
			for _, n := range result.Frame.DroppedBy {
				sum += n
			}
			if named = true; sum != result.Frame.Dropped {
				t.Errorf("a result has %d dropped, by cause %v", result.Frame.Dropped, result.Frame.DroppedBy)
			}
		}
		if beat && named {
			return context.Canceled
		}
		return nil
	})
	if !beat || !named {
		t.Errorf("no event names %s: heartbeat %v, result %v (%v)", cause, beat, named, err)
	}
}
