package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"pristine/evaluate/report"
	"pristine/events"
	"pristine/events/control"
)

// controlled is an agent that answers requests over NATS.
type controlled struct {
	config string
	url    string
	conn   *nats.Conn
	errs   *buffer
	stop   func() // waits for its end
}

// startControlled runs an agent until the test ends or stop is called.
func startControlled(t *testing.T, config string) *controlled {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var out buffer
	a := &controlled{config: config, errs: &buffer{}}
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"run", "--config", config}, &out, a.errs) }()
	a.stop = sync.OnceFunc(func() {
		cancel()
		if got := <-code; got != 0 {
			t.Errorf("got exit code %d, want 0: %s", got, a.errs.String())
		}
	})
	t.Cleanup(a.stop)
	deadline := time.Now().Add(60 * time.Second)
	for !listening.MatchString(out.String()) {
		if time.Now().After(deadline) {
			t.Fatalf("the agent does not start: %s%s", out.String(), a.errs.String())
		}
		time.Sleep(5 * time.Millisecond)
	}
	a.url = listening.FindStringSubmatch(out.String())[1]
	var err error
	if a.conn, err = nats.Connect(a.url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.conn.Close)
	return a
}

// ask returns the answer to a request, until the agent can answer.
func (a *controlled) ask(t *testing.T, verb string, body []byte) *nats.Msg {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); ; {
		m := nats.NewMsg("qc.svc.plant.line-1.test." + verb)
		m.Data = body
		m.Header.Set("Qc-Part", "asked")
		answer, err := a.conn.RequestMsg(m, 20*time.Second)
		if err == nil {
			return answer
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %v", verb, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// inspect returns the result of a request to inspect.
func (a *controlled) inspect(t *testing.T, body []byte) events.Result {
	t.Helper()
	answer := a.ask(t, "inspect", body)
	var result events.Result
	if err := json.Unmarshal(answer.Data, &result); err != nil {
		t.Fatalf("inspect: got %.200q %v, want a result: %v", answer.Data, answer.Header, err)
	}
	if result.Part != "asked" || result.Verdict == "" || result.Frame == nil {
		t.Fatalf("inspect: got %s, want part asked with a verdict and its frame", answer.Data)
	}
	return result
}

// shot returns a JPEG of the built-in line.
func shot(t *testing.T, address string) []byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(frames(t, address, 1), "*.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	jpeg, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return jpeg
}

// One agent answers requests of every kind; the parts build on one another.
func TestControl(t *testing.T) {
	t.Parallel()
	config := configure(t, "'testline://?fps=5&defect_rate=0'", "    health: {max_age: 0s}\n    silent_after: 0s\n")
	text, err := os.ReadFile(config)
	if err == nil { // so that only what changes brings a heartbeat
		err = os.WriteFile(config, bytes.Replace(text, []byte("events: {"), []byte("events: {heartbeat: 10m, "), 1), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	a := startControlled(t, config)
	good, bad := shot(t, "testline://?fps=0"), shot(t, "testline://?fps=0&defect_rate=1")
	evidence := ""
	t.Run("inspect a picture", func(t *testing.T) {
		if r := a.inspect(t, good); (r.Verdict == "PASS") == (r.Prompts != nil) {
			t.Errorf("got verdict %s with prompts %v, want prompts for all but PASS", r.Verdict, r.Prompts)
		}
		if r := a.inspect(t, bad); r.Prompts == nil || len(r.Prompts.For) == 0 || len(r.Prompts.Against) == 0 {
			t.Errorf("got prompts %v for a bad part, want some for and against it", r.Prompts)
		}
	})
	t.Run("inspect no picture", func(t *testing.T) {
		if got := a.ask(t, "inspect", []byte("no picture")).Header.Get("Nats-Service-Error-Code"); got != "400" {
			t.Errorf("got code %q, want 400", got)
		}
	})
	t.Run("inspect the next frame", func(t *testing.T) {
		if r := a.inspect(t, []byte("now")); r.Frame.Sequence == 0 {
			t.Errorf("got frame %+v, want one of the camera", r.Frame)
		}
	})
	t.Run("evidence follows the answer", func(t *testing.T) { evidence = a.evidence(t, bad) })
	t.Run("eval", func(t *testing.T) {
		body, _ := json.Marshal(control.Evaluation{Pictures: []control.EvalPicture{{Label: "good", JPEG: good}, {Label: "bad", Defect: "scratch", JPEG: bad}, {Label: "bad", Evidence: evidence}}})
		var got report.Report
		if answer := a.ask(t, "eval", body); json.Unmarshal(answer.Data, &got) != nil || got.Good != 1 || got.Bad != 2 || got.PromptSet == "" {
			t.Errorf("got %s %v, want a report on 1 good and 2 bad pictures", answer.Data, answer.Header)
		}
	})
	t.Run("status", func(t *testing.T) {
		var got events.State
		if answer := a.ask(t, "status", nil); json.Unmarshal(answer.Data, &got) != nil || got.Agent == nil {
			t.Fatalf("got %s, want a state of the agent", answer.Data)
		}
		if got.Counts["requests"] < 4 || got.Counts["requests_refused"] != 1 {
			t.Errorf("got %d requests, %d refused, want at least 4 and 1", got.Counts["requests"], got.Counts["requests_refused"])
		}
		if got.Agent.PromptSets["cam"] == "" {
			t.Errorf("got prompt sets %v, want that of cam", got.Agent.PromptSets)
		}
	})
	t.Run("snapshot", func(t *testing.T) {
		if got := a.ask(t, "snapshot", nil).Data; !strings.HasPrefix(string(got), "\xff\xd8") {
			t.Errorf("got %.40q, want a JPEG", got)
		}
	})
	t.Run("reload", func(t *testing.T) {
		if got := a.ask(t, "reload", nil).Data; !strings.Contains(string(got), "reloaded") {
			t.Errorf("got %s, want reloaded", got)
		}
	})
	t.Run("push to a camera that is not there", func(t *testing.T) { a.pushNowhere(t) })
	t.Run("push and roll back", func(t *testing.T) { a.pushAndRollBack(t) })
	t.Run("a restart keeps the armed set", func(t *testing.T) {
		a.stop()
		again := startControlled(t, a.config)
		deadline := time.Now().Add(time.Minute)
		for !strings.Contains(again.errs.String(), "restored pushed prompt set") && time.Now().Before(deadline) {
			time.Sleep(5 * time.Millisecond)
		}
		again.stop()
		if got := again.errs.String(); !strings.Contains(got, "set=first") {
			t.Errorf("got log %s, want set=first restored", got)
		}
	})
}

// evidence inspects a picture, and returns the name of the evidence in the event
// that follows: the answer does not wait for it.
func (a *controlled) evidence(t *testing.T, jpeg []byte) (name string) {
	t.Helper()
	want := a.inspect(t, jpeg)
	reading, done := context.WithTimeout(context.Background(), time.Minute)
	defer done()
	_, err := events.Subscribe(reading, events.Hub{URL: a.url}, events.SubscribeOptions{All: true}, func(r events.Received) error {
		if stored, err := r.Result(); err == nil && stored.Part == want.Part && stored.Verdict == want.Verdict && stored.Defect == want.Defect && stored.Evidence != nil {
			name = stored.Evidence.Name
			done()
		}
		return nil
	})
	if err != nil || name == "" {
		t.Fatalf("got evidence %q (%v), want that of the picture", name, err)
	}
	return name
}

// pushNowhere pushes to what the agent does not have: the answer comes at once, with
// what it has.
func (a *controlled) pushNowhere(t *testing.T) {
	deadline := time.Now().Add(60 * time.Second)
	for {
		list, _ := edge(t, 0, "fleet", "--url", a.url)
		if strings.Contains(list, "ok") || strings.Contains(list, "degraded") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("no heartbeat:\n%s", list)
		}
	}
	for _, c := range []struct{ station, camera, want string }{
		{"plant.line-1.test", "nope", "plant.line-1.test has no camera nope: it has cam"}, {"plant.line-1.nope", "cam", "no agent plant.line-1.nope has spoken at this hub: there are plant.line-1.test"},
	} {
		if _, out := edge(t, 2, "fleet", "push", "configs/prompts/flange.yaml", "--url", a.url, "--wait", "10m", "--station", c.station, "--camera", c.camera); !strings.Contains(out, c.want) {
			t.Errorf("got %s, want %s", out, c.want)
		}
	}
}

func (a *controlled) pushAndRollBack(t *testing.T) {
	place := []string{"--url", a.url, "--station", "plant.line-1.test", "--camera", "cam"}
	inEffect := func(want string) {
		t.Helper()
		if got := a.ask(t, "status", nil).Data; !strings.Contains(string(got), `"cam":"`+want+`"`) {
			t.Errorf("got status %s, want set %s in effect", got, want)
		}
	}
	first := filepath.Join(t.TempDir(), "first.yaml")
	if err := os.WriteFile(first, []byte("name: first\nobject: flange\npristine: ['{} without a scratch']\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, warned := edge(t, 0, append([]string{"fleet", "push", first, "--arm"}, place...)...)
	if !strings.Contains(out, "armed") || !strings.Contains(warned, "warning: line 3: ") {
		t.Errorf("push: got %q and %q, want armed and a warning of line 3", out, warned)
	}
	if out, _ := edge(t, 0, append([]string{"fleet", "push", "configs/prompts/flange.yaml", "--arm"}, place...)...); !strings.Contains(out, "armed") {
		t.Errorf("push again: got %q, want armed", out)
	}
	inEffect("flange")
	for deadline := time.Now().Add(30 * time.Second); ; {
		list, _ := edge(t, 0, "fleet", "--url", a.url)
		if strings.Contains(list, "flange") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the fleet shows the old set:\n%s", list)
		}
	}
	if !regexp.MustCompile(`level=INFO msg="[^"]*push[^"]*".*camera=cam`).MatchString(a.errs.String()) {
		t.Errorf("the agent's log says nothing of a push: %s", a.errs.String())
	}
	if out, _ := edge(t, 0, append([]string{"fleet", "rollback"}, place...)...); !strings.Contains(out, "armed") {
		t.Errorf("rollback: got %q, want armed", out)
	}
	inEffect("first")
}
