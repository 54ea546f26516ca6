package agent

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"pristine/capture/opencv"
	"pristine/events"
	"pristine/inspect"
	"pristine/internal/polygon"
	"pristine/prompts"
	"pristine/web"
)

// ask sends a request to the agent over NATS.
func ask(t *testing.T, a *running, verb string, body []byte) *nats.Msg {
	t.Helper()
	conn, err := nats.Connect(a.store.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var reply *nats.Msg
	a.until("an answer to "+verb, func() bool {
		reply, err = conn.Request("qc.svc.plant.line-1.test."+verb, body, 30*time.Second)
		return err == nil
	})
	return reply
}

// begun returns the status of the first camera, once it has begun.
func (r *running) begun() (k web.Camera) {
	r.t.Helper()
	r.until("the camera to begin", func() bool {
		k = r.page().Cameras[0]
		return k.Phase != ""
	})
	return k
}

// A camera that learns judges no part, on any way of asking, and says how far it
// is. What it learned outlives the agent, and is learned anew on request only.
func TestLearning_OutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	c := settings(t, dir, "cameras:\n  - {name: belt, source: 'testline://?fps=20&unnamed=1', policy: trigger, learn_parts: 6, trigger: {deadline: 30s}, health: {learn: 1s}}\n")
	trigger := func(a *running, part string) string {
		t.Helper()
		return a.ask(http.MethodPost, "/trigger?camera=belt&part="+part)
	}
	first := start(t, c)
	if k := first.begun(); k.Phase != "learning" || !strings.Contains(k.Detail, "0 of 6") {
		t.Errorf("the status says %q, %q, want learning, 0 of 6", k.Phase, k.Detail)
	}
	for i, part := range []string{"A", "B", "C"} {
		if body := trigger(first, part); !strings.Contains(body, `"verdict":"INVALID"`) || !strings.Contains(body, `"reason":"learning"`) {
			t.Errorf("part %d while learning: HTTP answered %s, want INVALID learning", i+1, body)
		}
	}
	first.until("the status to say learning, 3 of 6", func() bool {
		k := first.page().Cameras[0]
		return k.Phase == "learning" && strings.Contains(k.Detail, "3 of 6")
	})
	picture, err := opencv.EncodeJPEG(make([]byte, 3*128*128), 128, 128, 90)
	if err != nil {
		t.Fatal(err)
	}
	if reply := ask(t, first, "inspect", picture); !strings.Contains(string(reply.Data), `"verdict":"INVALID"`) {
		t.Errorf("a picture while learning: NATS answered %s %v, want INVALID", reply.Data, reply.Header)
	}
	for _, part := range []string{"D", "E", "F"} {
		trigger(first, part)
	}
	last, asked := "", 0
	first.until("the challenge to end", func() bool {
		last = fmt.Sprint("G", asked)
		asked++
		return !strings.Contains(trigger(first, last), `"reason":"learning"`)
	})
	reasons := map[string]string{}
	first.read(func(e events.Received) bool {
		if r, err := e.Result(); err == nil && r.Reason == string(inspect.ReasonLearning) {
			reasons[r.Part] = r.Detail
		}
		r, err := e.Result()
		return err == nil && r.Part == last
	})
	if reasons["A"] != "learning good parts: 1 of 6" || reasons["F"] != "learning good parts: 6 of 6" {
		t.Errorf("events of learned parts: %v, want one each with how far it is", reasons)
	}
	learnedAt := first.page().Cameras[0].LearnedAt
	if learnedAt == nil || first.page().Cameras[0].References != 3 {
		t.Fatalf("after learning the status is %+v", first.page().Cameras[0])
	}
	if err := first.end(); err != nil {
		t.Fatal(err)
	}

	second := start(t, c)
	if k := second.page().Cameras[0]; k.References != 3 || k.LearnedAt == nil || !k.LearnedAt.Equal(*learnedAt) || k.Phase == "learning" {
		t.Errorf("after a restart: %d references learned at %v, phase %s, want 3 of %v", k.References, k.LearnedAt, k.Phase, learnedAt)
	}
	if body := trigger(second, "H"); strings.Contains(body, "learning") || strings.Contains(body, `"verdict":"INVALID"`) {
		t.Errorf("the first part after a restart: got %s, want a verdict", body)
	}
	if reply := ask(t, second, "learn", nil); !strings.Contains(string(reply.Data), "true") {
		t.Fatalf("learn: got %s %v", reply.Data, reply.Header)
	}
	if body := trigger(second, "I"); !strings.Contains(body, `"reason":"learning"`) {
		t.Errorf("the part after learn was asked for: got %s, want INVALID learning", body)
	}
	second.read(func(e events.Received) bool {
		s, err := e.State()
		return err == nil && s.Subject == "camera" && s.State == "learning" && e.Incarnation != "" && strings.Contains(s.Detail, "next 6 parts")
	})
	if err := second.end(); err != nil {
		t.Fatal(err)
	}

	// Another region sees something else: it learns for itself.
	c.Cameras[0].Region = polygon.Rectangle{0.2, 0.1, 0.5, 0.8}
	third := start(t, c)
	if k := third.begun(); k.Phase != "learning" || k.References != 0 {
		t.Errorf("with another region: phase %s with %d references, want learning with none", k.Phase, k.References)
	}
	if err := third.end(); err != nil {
		t.Fatal(err)
	}

	// What is damaged is learned anew.
	c.Cameras[0].Region = polygon.Rectangle{0, 0, 1, 1}
	files, err := filepath.Glob(filepath.Join(dir, "learned", "belt-*", learnedGood))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v: want the learned parts of one camera", files, err)
	}
	if err := os.Truncate(files[0], 100); err != nil {
		t.Fatal(err)
	}
	if k := start(t, c).begun(); k.Phase != "learning" {
		t.Errorf("with damaged parts: phase %s, want learning", k.Phase)
	}
}

// learnsSome reports whether the camera has learned a part or more: only then is the
// learner in use that it began with.
func (k *camera) learnsSome() bool {
	l := k.learning.Load()
	return l != nil && l.done > 0 || k.learnedAt.Load() != nil
}

// failToLearn makes the camera learn from its next parts, in vain: their vectors are of
// another bundle than the references.
func (k *camera) failToLearn() {
	k.station.Learn(inspect.NewLearner(inspect.LearnOptions{
		Parts: k.config.LearnParts, Failed: func(err error) { k.learning.Store(&learning{err: err}) },
	}, k.live.Bank(), prompts.NewReferences("another", nil), prompts.NewReferences("another", nil)), nil)
}

// A camera whose learning fails says so and judges nothing.
func TestLearning_FailureIsInvalidAndNamed(t *testing.T) {
	a := start(t, settings(t, t.TempDir(), "cameras:\n  - {name: belt, source: 'testline://?fps=20&unnamed=1', prompts: "+armed(t)+", policy: trigger, learn_parts: 4, trigger: {deadline: 30s}}\n"))
	body := ""
	a.until("learning to begin", func() bool {
		body = a.ask(http.MethodPost, "/trigger?camera=belt")
		return a.cameras[0].learnsSome()
	})
	a.cameras[0].failToLearn()
	a.until("learning to fail", func() bool {
		body = a.ask(http.MethodPost, "/trigger?camera=belt")
		return strings.Contains(a.page().Cameras[0].Detail, "learning good parts failed")
	})
	if body = a.ask(http.MethodPost, "/trigger?camera=belt"); !strings.Contains(body, `"reason":"learning"`) {
		t.Errorf("a part after learning failed: got %s, want INVALID learning", body)
	}
}

// A set that is edited just as the camera has learned scores by what was learned: the edit
// does not undo it.
func TestLearned_StaysWhereTheSetIsEditedMeanwhile(t *testing.T) {
	var edited *prompts.Bank
	r := startWith(t, settings(t, t.TempDir(), `
cameras:
  - {name: belt, source: 'testline://?fps=20&speed=240&seed=4&good_first=8', policy: every, prompts: configs/prompts/flange.yaml, parts_only: true, learn_parts: 4, challenge: {size: 0}}
`), func(k *camera) {
		set := *k.live.Bank().Set
		var err error
		if edited, err = k.live.Bank().Rebuild(context.Background(), &set, k.agent.model.Texts); err != nil {
			t.Error(err)
		}
		k.acts.Lock() // as an edit does from before it makes its bank until that is in effect
	})
	k := r.cameras[0]
	r.begun()
	r.until("all parts", func() bool { return k.learning.Load() == nil || waits("learnedParts") })
	k.live.Swap(edited)
	k.acts.Unlock()
	r.until("parts to be judged", func() bool { return k.learning.Load() == nil })
	if live := k.live.Bank(); live.Set != edited.Set || live.References() == 0 {
		t.Errorf("edited set: %t, %d references, want the edited set with what was learned", live.Set == edited.Set, live.References())
	}
}
