package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"pristine/evaluate/report"
	"pristine/events"
	"pristine/events/control"
)

// The agent answers requests over NATS: a verdict on a picture that is sent,
// figures of labelled ones, what it says of itself, a picture of its camera; and it takes a prompt set
// that is pushed, refuses a bad one, and goes back to the one before.
func TestTheAgentAnswersOverNATS(t *testing.T) {
	config := configure(t, "'testline://?fps=5&defect_rate=0'", "    health: {max_age: 0s}\n    silent_after: 0s\n")
	ctx, cancel := context.WithCancel(context.Background())
	var out, errs buffer
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"run", "--config", config}, &out, &errs) }()
	stopped := false
	stop := func() {
		if cancel(); !stopped {
			if c := <-code; c != 0 {
				t.Errorf("exit code %d: %s", c, errs.String())
			}
		}
		stopped = true
	}
	defer stop()
	deadline := time.Now().Add(60 * time.Second)
	for !listening.MatchString(out.String()) {
		if time.Now().After(deadline) {
			t.Fatalf("the agent does not start: %s%s", out.String(), errs.String())
		}
		time.Sleep(5 * time.Millisecond)
	}
	url := listening.FindStringSubmatch(out.String())[1]
	conn, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ask := func(verb string, body []byte) *nats.Msg {
		t.Helper()
		for {
			m := nats.NewMsg("qc.svc.plant.line-1.test." + verb)
			m.Data = body
			m.Header.Set("Qc-Part", "asked")
			answer, err := conn.RequestMsg(m, 20*time.Second)
			if err == nil {
				return answer
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: %v", verb, err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	picture, err := filepath.Glob(filepath.Join(frames(t, "testline://?fps=0", 1), "*.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	jpeg, err := os.ReadFile(picture[0])
	if err != nil {
		t.Fatal(err)
	}
	var result events.Result
	if answer := ask("inspect", jpeg); json.Unmarshal(answer.Data, &result) != nil || result.Part != "asked" || result.Verdict == "" || result.Frame == nil || (result.Verdict == "PASS") == (result.Prompts != nil) {
		t.Errorf("%s %v", answer.Data, answer.Header)
	}
	if answer := ask("inspect", []byte("no picture")); answer.Header.Get("Nats-Service-Error-Code") != "400" {
		t.Errorf("%s %v", answer.Data, answer.Header)
	}
	if answer := ask("inspect", []byte("now")); json.Unmarshal(answer.Data, &result) != nil || result.Part != "asked" || result.Frame == nil || result.Frame.Sequence == 0 {
		t.Errorf("%s %v", answer.Data, answer.Header)
	}
	picture, err = filepath.Glob(filepath.Join(frames(t, "testline://?fps=0&defect_rate=1", 1), "*.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	bad, err := os.ReadFile(picture[0])
	if err != nil {
		t.Fatal(err)
	}
	if answer := ask("inspect", bad); json.Unmarshal(answer.Data, &result) != nil || result.Prompts == nil || len(result.Prompts.For) == 0 || len(result.Prompts.Against) == 0 {
		t.Fatalf("%s %v", answer.Data, answer.Header)
	}
	// The answer waits for no picture; the event that follows has its name.
	evidence := ""
	reading, done := context.WithTimeout(context.Background(), time.Minute)
	defer done()
	if _, err := events.Subscribe(reading, events.Hub{URL: url}, events.SubscribeOptions{All: true}, func(r events.Received) error {
		if stored, err := r.Result(); err == nil && stored.Part == "asked" && stored.Verdict == result.Verdict && stored.Defect == result.Defect && stored.Evidence != nil {
			evidence = stored.Evidence.Name
			done()
		}
		return nil
	}); err != nil || evidence == "" {
		t.Fatalf("the event of the picture has evidence %q (%v)", evidence, err)
	}
	var measured report.Report
	body, _ := json.Marshal(control.Evaluation{Pictures: []control.EvalPicture{{Label: "good", JPEG: jpeg}, {Label: "bad", Defect: "scratch", JPEG: bad}, {Label: "bad", Evidence: evidence}}})
	if answer := ask("eval", body); json.Unmarshal(answer.Data, &measured) != nil || measured.Good != 1 || measured.Bad != 2 || measured.PromptSet == "" {
		t.Errorf("%s %v", answer.Data, answer.Header)
	}
	var state events.State
	if answer := ask("status", nil); json.Unmarshal(answer.Data, &state) != nil || state.Agent == nil || state.Counts["requests"] < 4 || state.Counts["requests_refused"] != 1 || state.Agent.PromptSets["cam"] == "" {
		t.Errorf("%s %v", answer.Data, answer.Header)
	}
	if answer := ask("snapshot", nil); !strings.HasPrefix(string(answer.Data), "\xff\xd8") {
		t.Errorf("%.40q %v", answer.Data, answer.Header)
	}
	if answer := ask("reload", nil); !strings.Contains(string(answer.Data), "reloaded") {
		t.Errorf("%s %v", answer.Data, answer.Header)
	}
	place := []string{"--url", url, "--station", "plant.line-1.test", "--camera", "cam"}
	first := filepath.Join(t.TempDir(), "first.yaml")
	if err := os.WriteFile(first, []byte("name: first\nobject: flange\npristine: ['{} without a scratch']\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, warned := edge(t, 0, append([]string{"fleet", "push", first, "--arm"}, place...)...); !strings.Contains(out, "armed") || !strings.Contains(warned, "warning: line 3: ") {
		t.Error(out, warned)
	}
	if out, _ := edge(t, 0, append([]string{"fleet", "push", "configs/prompts/flange.yaml", "--arm"}, place...)...); !strings.Contains(out, "armed") {
		t.Error(out)
	}
	if answer := ask("status", nil); !strings.Contains(string(answer.Data), `"cam":"flange"`) {
		t.Errorf("%s", answer.Data)
	}
	if out, _ := edge(t, 0, append([]string{"fleet", "rollback"}, place...)...); !strings.Contains(out, "armed") {
		t.Error(out)
	}
	if answer := ask("status", nil); !strings.Contains(string(answer.Data), `"cam":"first"`) {
		t.Errorf("%s", answer.Data)
	}
	stop()
	// After a restart the set that was armed goes on.
	ctx, cancel = context.WithCancel(context.Background())
	defer cancel()
	again := make(chan int, 1)
	out2, errs2 := &buffer{}, &buffer{}
	go func() { again <- run(ctx, []string{"run", "--config", config}, out2, errs2) }()
	for !strings.Contains(errs2.String(), "restored pushed prompt set") && time.Now().Before(deadline.Add(time.Minute)) {
		time.Sleep(5 * time.Millisecond)
	}
	if cancel(); !strings.Contains(errs2.String(), "set=first") {
		t.Errorf("%s%s", out2.String(), errs2.String())
	}
	<-again
}
