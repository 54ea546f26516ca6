package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pristine/events"
	"pristine/internal/config/lastgood"
	"pristine/internal/problem"
)

// A mistake in edge.yaml does not take the line down: the agent starts with the
// configuration that it last started with, and says so everywhere.
func TestRun_StartsWithTheLastGoodConfiguration(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, copied := filepath.Join(dir, "edge.yaml"), filepath.Join(dir, "data", "events"+lastgood.Suffix)
	set, err := os.ReadFile("configs/prompts/flange.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write := func(file, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(dir, "sets", "own.yaml"), string(set))
	const good = "station: {name: good}\nevents: {dir: data/events, listen: '127.0.0.1:0', heartbeat: 1s}\nhttp: {listen: '127.0.0.1:0'}\n" +
		"cameras:\n  - {name: cam, source: 'testline://', prompts: sets/own.yaml}\n"
	bad := strings.Replace(good, "heartbeat: 1s", "heartbeat: 1", 1)

	// Never the first start.
	write(file, bad)
	_, errs := edge(t, exitUsage, "run", "--config", file)
	if want := "Error: " + file + ":2: events.heartbeat: must be a duration such as 500ms, 5s or 2m (got \"1\")\n"; errs != want {
		t.Errorf("first start: got %s, want %s", errs, want)
	}
	if _, err := os.Stat(copied); err == nil {
		t.Error("a bad configuration was kept as a good one")
	}

	write(file, good)
	page, stop := agentOn(t, file)
	until(t, "a copy", &buffer{}, func() bool { _, err := os.Stat(copied); return err == nil })
	until(t, "a camera", &buffer{}, func() bool { return len(statusOf(t, page).Cameras) == 1 })
	if p := statusOf(t, page).Problems; len(p) != 0 {
		t.Errorf("a good start has problems: %q", p)
	}
	stop()

	for name, c := range map[string]struct{ text, mistake string }{
		"a wrong value": {bad, file + ":2: events.heartbeat: must be a duration such as 500ms, 5s or 2m (got \"1\")"},
		"no YAML":       {strings.Replace(good, "  - {name", "\t- {name", 1), file + ":5: a tab indents this line: use spaces"},
		"a missing set": {strings.Replace(good, "own.yaml", "gone.yaml", 1), file + ":5: cameras[0].prompts: " + filepath.Join(dir, "sets", "gone.yaml") + " is not there: a path is relative to the configuration's folder"},
	} {
		t.Run(name, func(t *testing.T) {
			write(file, c.text)
			if _, errs := edge(t, exitUsage, "run", "--config", file, "--strict"); !strings.HasSuffix(errs, "Error: "+c.mistake+"\n") {
				t.Errorf("--strict: got %s, want %s", errs, c.mistake)
			}
			begun := time.Now()
			ctx, cancel := context.WithCancel(t.Context())
			var out, errs buffer
			code := make(chan int, 1)
			go func() { code <- run(ctx, []string{"run", "--config", file}, &out, &errs) }()
			until(t, "the agent's NATS server", &out, func() bool { return listening.MatchString(out.String()) })
			var heartbeat *events.Agent
			_, _ = events.Subscribe(t.Context(), events.Hub{URL: listening.FindStringSubmatch(out.String())[1]}, events.SubscribeOptions{All: true}, func(r events.Received) error {
				state, err := r.State()
				if err != nil || state.Agent == nil || state.Agent.Started.Before(begun) { // one of an earlier run
					return nil
				}
				heartbeat = state.Agent
				return context.Canceled
			})
			page := pageAt.FindAllStringSubmatch(out.String(), -1)
			address := page[len(page)-1][1]
			s := statusOf(t, address)
			if !slices.ContainsFunc(s.Problems, func(p problem.Problem) bool {
				return p.Code == problem.ConfigRefused && strings.HasPrefix(p.Text, file+" has mistakes: the last good configuration runs, of ") &&
					strings.Contains(p.Text, " ("+copied+"): correct the file and restart the agent; ") && strings.Contains(p.Text, c.mistake)
			}) {
				t.Errorf("status: got %q, want the mistake %q", s.Problems, c.mistake)
			}
			if code, body := fetch(t, address+"healthz"); code != http.StatusServiceUnavailable || !strings.Contains(string(body), c.mistake) {
				t.Errorf("healthz: got %d %s, want 503 and the mistake", code, body)
			}
			if heartbeat == nil || heartbeat.Health != "degraded" || !slices.ContainsFunc(heartbeat.Problems, func(p string) bool { return strings.Contains(p, c.mistake) }) {
				t.Errorf("heartbeat: got %+v, want it degraded by the mistake", heartbeat)
			}
			if s.Station != "plant/line-1/good" {
				t.Errorf("got station %s, want that of the last good configuration", s.Station)
			}
			http.DefaultClient.CloseIdleConnections()
			cancel()
			if c := <-code; c != exitClean {
				t.Errorf("exit code %d: %s", c, errs.String())
			}
			if !regexp.MustCompile(`level=ERROR .*has mistakes`).MatchString(errs.String()) {
				t.Errorf("the log does not say so: %s", errs.String())
			}
		})
	}
	if kept, err := os.ReadFile(copied); err != nil || !strings.HasSuffix(string(kept), good) {
		t.Errorf("the copy is %s, %v, want the good configuration", kept, err)
	}
}

// An agent that is killed while somebody edits a prompt set comes back: the set that it
// had starts, and the mistake is a problem. With --strict, and where no set was ever
// good, it ends.
func TestRun_StartsWithTheLastGoodSet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, set := filepath.Join(dir, "edge.yaml"), filepath.Join(dir, "own.yaml")
	good, err := os.ReadFile("configs/prompts/flange.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write := func(file, text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(file, "events: {dir: data/events, listen: '127.0.0.1:0'}\nhttp: {listen: '127.0.0.1:0'}\ncameras:\n  - {name: cam, source: 'testline://', prompts: own.yaml}\n")
	want := file + ":4: cameras[0].prompts: " + set + ":1: objekt: unknown key: did you mean object?"
	write(set, "objekt: part\n"+string(good))
	if _, errs := edge(t, exitUsage, "run", "--config", file); !strings.Contains(errs, want) {
		t.Errorf("first start: got %s, want %s", errs, want)
	}
	write(set, string(good))
	page, stop := agentOn(t, file)
	until(t, "a camera", &buffer{}, func() bool { return len(statusOf(t, page).Cameras) == 1 })
	stop()
	write(set, "objekt: part\n"+string(good))
	if _, errs := edge(t, exitUsage, "run", "--config", file, "--strict"); !strings.Contains(errs, want) {
		t.Errorf("--strict: got %s, want %s", errs, want)
	}
	page, stop = agentOn(t, file)
	defer stop()
	until(t, "the refused set", &buffer{}, func() bool {
		s := statusOf(t, page)
		return len(s.Cameras) == 1 && s.Cameras[0].PromptSet == "flange" && strings.Contains(s.Cameras[0].Refused, "objekt") &&
			slices.ContainsFunc(s.Problems, func(p problem.Problem) bool { return p.Code == problem.SetRefused })
	})
}
