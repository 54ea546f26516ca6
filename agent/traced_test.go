package agent

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pristine/events"
	"pristine/internal/otlp"
)

// With tracing on, a triggered part has one trace from its trigger to the hub's
// acknowledgement, and its event at the hub says which.
func TestTracing_FollowsAPartToTheHub(t *testing.T) {
	collector, hub := otlp.Listen(t), newNATSServer(t)
	a := start(t, settings(t, t.TempDir(), fmt.Sprintf("tracing: {url: '%s', sample: 1}\nevents: {hub: {url: 'nats://127.0.0.1:%d'}}\ncameras:\n", collector.URL, hub.port)+
		"  - {name: gate, source: 'testline://?fps=10', policy: trigger, trigger: {deadline: 30s}}\n"+
		"  - {name: belt, source: 'testline://?fps=10'}\n"))
	a.ask(http.MethodPost, "/trigger?camera=gate&part=A-1")

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	parent := ""
	_, err := events.Subscribe(ctx, events.Hub{URL: fmt.Sprintf("nats://127.0.0.1:%d", hub.port)}, events.SubscribeOptions{All: true}, func(e events.Received) error {
		if r, err := e.Result(); err == nil && r.Part == "A-1" {
			parent = r.Traceparent
			cancel()
		}
		return nil
	})
	if err != nil || len(parent) != len("00-")+32+1+16+len("-01") {
		t.Fatalf("the event at the hub has the traceparent %q (%v)", parent, err)
	}
	trace, root := parent[3:35], parent[36:52]
	spans := func() map[string]otlp.Span {
		all := map[string]otlp.Span{}
		for _, s := range collector.Spans() {
			if s.Trace == trace {
				all[s.Name] = s
			}
		}
		return all
	}
	a.until("the span of the hub", func() bool { return spans()["forward"].ID != "" && spans()["inspect"].ID != "" })
	if err := a.end(); err != nil {
		t.Error(err)
	}
	all := spans()
	if s := all["inspect"]; s.ID != root || s.Attributes["pristine.part"] != "A-1" || s.Attributes["pristine.camera"] != "gate" || s.Attributes["pristine.verdict"] == "" || s.Resource["service.instance.id"] != "plant/line-1/test" {
		t.Errorf(`the root is %+v; want s.ID == root, s.Attributes["pristine.part"] == "A-1", s.Attributes["pristine.camera"] == "gate", s.Attributes["pristine.verdict"] != "", s.Resource["service.instance.id"] == "plant/line-1/test"`, s)
	}
	order := []string{"trigger", "capture", "wait", "health", "preprocess", "encode", "score", "sink", "queue", "evidence", "append", "forward"}
	for i, name := range order {
		s, found := all[name]
		if !found || s.End < s.Start {
			t.Errorf("span %s: %+v", name, s)
		}
		if i > 0 && s.Start < all[order[i-1]].Start {
			t.Errorf("%s begins before %s", name, order[i-1])
		}
	}
	if all["append"].Attributes["pristine.event"] == "" {
		t.Error("the span of the event does not name it")
	}
	n := a.traces.Load().Counts()
	if n.Recorded == 0 || n.Exported != n.Recorded || int(n.Exported) != len(collector.Spans()) {
		t.Errorf("%+v, and %d arrived; want n.Recorded != 0, n.Exported == n.Recorded, int(n.Exported) == len(collector.Spans())", n, len(collector.Spans()))
	}
}

// A collector that is not there does not disturb: verdicts and events go on, without
// a hub, and what is lost is counted. Without tracing no event has a trace.
func TestTracing_DeadCollectorAndNone(t *testing.T) {
	for name, tracing := range map[string]string{"dead": "tracing: {url: 'http://" + freeAddress(t) + "', sample: 1}\n", "off": ""} {
		t.Run(name, func(t *testing.T) {
			a := start(t, settings(t, t.TempDir(), tracing+"cameras:\n  - {name: belt, source: 'testline://?fps=10'}\n"))
			on := false
			a.read(func(e events.Received) bool {
				r, err := e.Result()
				if err == nil {
					on = r.Traceparent != ""
				}
				return err == nil
			})
			if on != (name == "dead") {
				t.Errorf("an event has a trace: %t", on)
			}
			if name == "dead" {
				a.until("failed spans", func() bool { return a.page().Events.Spans.Failed > 0 })
			} else if s := a.page().Events.Spans; s.Recorded != 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// An empty file is no login: nothing is sent without the password that was meant.
func TestReadLogin_EmptyFile(t *testing.T) {
	user, empty := filepath.Join(t.TempDir(), "user"), filepath.Join(t.TempDir(), "password")
	if err := errors.Join(os.WriteFile(user, []byte("me\n"), 0o600), os.WriteFile(empty, []byte("\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readLogin("tracing", user, empty); err == nil || !strings.Contains(err.Error(), "tracing.password_file: "+empty+" is empty") {
		t.Errorf("an empty password: %v", err)
	}
	if got, password, err := readLogin("tracing", user, user); err != nil || got != "me" || password != "me" {
		t.Errorf("%q, %q, %v: want both without their line ends", got, password, err)
	}
}
