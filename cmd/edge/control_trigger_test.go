package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"pristine/events"
)

// A line's controller triggers parts over NATS: each is answered with its
// verdict, which is an event too, or with why there is none.
func TestAPartIsTriggeredOverNATS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "edge.yaml")
	text := "station: {name: test}\nevents: {dir: " + dir + "/events, listen: '127.0.0.1:0', request_deadline: 1s}\ncameras:\n" +
		"  - {name: belt, source: 'testline://?fps=10&unnamed=1', policy: trigger, trigger: {deadline: 20s}}\n" +
		"  - {name: dead, source: 'http://127.0.0.1:1/none', policy: trigger, trigger: {deadline: 200ms}}\n" +
		"  - {name: slow, source: 'http://127.0.0.1:1/none', policy: trigger, trigger: {deadline: 1m}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var out, errs buffer
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"run", "--config", file}, &out, &errs) }()
	until(t, "the agent", &out, func() bool { return listening.MatchString(out.String()) })
	url := listening.FindStringSubmatch(out.String())[1]
	conn, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	trigger := func(camera, part string) (answer *nats.Msg) {
		m := nats.NewMsg("qc.svc.plant.line-1.test.inspect")
		m.Data = []byte("now")
		m.Header.Set("Qc-Camera", camera)
		m.Header.Set("Qc-Part", part)
		until(t, "an answer", &out, func() bool { answer, err = conn.RequestMsg(m, 20*time.Second); return err == nil })
		return answer
	}
	// The deadline may be too short for a busy machine: then the answer says so,
	// and the next part has its turn.
	var result events.Result
	part := 0
	until(t, "a verdict", &out, func() bool {
		part++
		answer := trigger("belt", fmt.Sprintf("A-%d", part))
		if code := answer.Header.Get("Nats-Service-Error-Code"); code != "" && code != "504" && code != "400" {
			t.Fatalf("%v", answer.Header)
		}
		return json.Unmarshal(answer.Data, &result) == nil
	})
	if result.Part != fmt.Sprintf("A-%d", part) || result.Camera != "belt" || result.Verdict == "" {
		t.Errorf(`%+v; want result.Part == fmt.Sprintf("A-%%d", part), result.Camera == "belt", result.Verdict != ""`, result)
	}
	for _, tc := range []struct{ camera, part, code, reason string }{
		{"belt", result.Part, "400", "triggered already"},
		{"dead", "B-1", "504", "no frame came in time"},
		{"slow", "B-2", "504", "in time"},
		{"../belt", "C-1", "400", "Qc-Camera: name"},
	} {
		if got := trigger(tc.camera, tc.part).Header; got.Get("Nats-Service-Error-Code") != tc.code || !strings.Contains(got.Get("Nats-Service-Error"), tc.reason) {
			t.Errorf("camera %s, part %s: %v", tc.camera, tc.part, got)
		}
	}
	verdicts := map[string]string{}
	reading, done := context.WithTimeout(context.Background(), 30*time.Second)
	defer done()
	if _, err := events.Subscribe(reading, events.Hub{URL: url}, events.SubscribeOptions{All: true}, func(r events.Received) error {
		if result, err := r.Result(); err == nil {
			verdicts[result.Part] = result.Verdict
		}
		if verdicts["B-1"] != "" && verdicts[result.Part] != "" { // cameras have no order between them
			done()
		}
		return nil
	}); err != nil || verdicts[result.Part] != result.Verdict || verdicts["B-1"] != "INVALID" {
		t.Errorf("got the verdicts %v and %v, want the answered %s of %s (%s), and B-1 INVALID", verdicts, err, result.Verdict, result.Part, result.Detail)
	}
	if stop(); <-code != 0 {
		t.Error(errs.String())
	}
}
