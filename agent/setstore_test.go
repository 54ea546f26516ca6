package agent

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/events"
	"pristine/events/control"
	"pristine/internal/config"
	"pristine/prompts"
)

const plainSet = "object: flange\npristine: ['flawless {}']\ndefects: {crack: {prompts: ['cracked {}']}}\n"

// setFile is an agent's prompt set in a file that tests edit.
func setFile(t *testing.T) (c *config.Config, write func(name string)) {
	t.Helper()
	dir := t.TempDir()
	c = settings(t, dir, "cameras:\n  - {name: belt, source: 'testline://?fps=20&unnamed=1', policy: trigger, trigger: {deadline: 30s}}\n")
	file := filepath.Join(dir, "set.yaml")
	c.Cameras[0].Prompts = file
	write = func(name string) {
		t.Helper()
		text := "name: " + name + "\n" + plainSet
		if name == "broken" {
			text = "name: [\n"
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c, write
}

func (r *running) push(name string, revision uint64) {
	r.t.Helper()
	if err := (controlled{r.Agent}).Arm(context.Background(), "belt", control.Pushed{Revision: revision, Wish: 100 + revision, By: "anna@desk"}, []byte("name: "+name+"\n"+plainSet)); err != nil {
		r.t.Fatal(err)
	}
}

// expectSet checks which set is live and where it came from, wherever that is
// told: in the status, in a heartbeat, and in the event of the next result.
func (r *running) expectSet(name, from string, revision uint64) {
	r.t.Helper()
	k := r.page().Cameras[0]
	if k.PromptSet != name || k.Set == nil || k.Set.From != from || k.Set.Revision != revision || k.Set.SHA256 == "" || k.Set.Since.IsZero() {
		r.t.Errorf("the status says set %q from %+v, want %q from %s, revision %d", k.PromptSet, k.Set, name, from, revision)
	}
	agent := controlled{r.Agent}.Status().Agent
	if o := agent.Sets["belt"]; agent.PromptSets["belt"] != name || o == nil || o.From != from || o.Revision != revision {
		r.t.Errorf("a heartbeat says %v from %+v, want %q from %s, revision %d", agent.PromptSets, o, name, from, revision)
	}
	if by := agent.Sets["belt"].By; (by == "anna@desk") != (from == "push") {
		r.t.Errorf("a heartbeat says the set is by %q", by)
	}
	if got := (controlled{r.Agent}).Armed("belt"); got != revision {
		r.t.Errorf("armed: revision %d, want %d", got, revision)
	}
	part := "part-of-" + name
	if body := r.ask(http.MethodPost, "/trigger?camera=belt&part="+part); !strings.Contains(body, part) {
		r.t.Fatalf("trigger: %s", body)
	}
	r.read(func(e events.Received) bool {
		result, err := e.Result()
		if err != nil || result.Part != part {
			return false
		}
		if result.PromptSet != name || result.Set == nil || result.Set.From != from || result.Set.Revision != revision || result.Set.SHA256 != k.Set.SHA256 {
			r.t.Errorf("the event says set %q from %+v, want %q from %s, revision %d", result.PromptSet, result.Set, name, from, revision)
		}
		return true
	})
}

func (r *running) untilSet(name string) {
	r.t.Helper()
	r.until("set "+name, func() bool { return r.page().Cameras[0].PromptSet == name })
}

// The last act wins, whichever way it came, over restarts: a push stays until the
// file is edited, an edit stays until something is pushed.
func TestSet_TheLastActWinsOverRestarts(t *testing.T) {
	c, write := setFile(t)
	write("first")
	a := start(t, c)
	a.expectSet("first", "file", 0)
	a.push("pushed", 7)
	a.expectSet("pushed", "push", 7)
	if err := a.end(); err != nil {
		t.Fatal(err)
	}

	a = start(t, c)
	a.expectSet("pushed", "push", 7)
	// Two looks at the file later it is still the pushed one.
	looked, stop := context.WithCancel(context.Background())
	prompts.FollowFile(looked, c.Cameras[0].Prompts, "", 2*followEvery, func([]byte) { stop() })
	a.expectSet("pushed", "push", 7)
	write("edited")
	a.untilSet("edited")
	a.expectSet("edited", "file", 0)
	if err := a.end(); err != nil {
		t.Fatal(err)
	}

	a = start(t, c)
	a.expectSet("edited", "file", 0)
	if got := (controlled{a.Agent}).Wish("belt"); got != 107 {
		t.Errorf("the wish that was followed before the edit is %d, want 107: it would be followed again", got)
	}
	a.push("pushed-again", 8)
	if err := a.end(); err != nil {
		t.Fatal(err)
	}
	write("edited-while-down")
	a = start(t, c)
	a.expectSet("edited-while-down", "file", 0)
	a.push("pushed-third", 9)
	if err := (controlled{a.Agent}).Reload(context.Background(), "belt"); err != nil {
		t.Fatal(err)
	}
	a.expectSet("edited-while-down", "file", 0)
}

// A set that cannot be used never keeps the agent from starting: the last good
// one starts, with an alarm, and the status says so. A first start needs a good
// file.
func TestSet_TheLastGoodOneStarts(t *testing.T) {
	c, write := setFile(t)
	write("broken")
	if err := New(Options{Config: c, Version: "test", Log: slog.New(slog.DiscardHandler), Terminal: &screen{}}).Run(context.Background()); err == nil || !strings.Contains(err.Error(), "set.yaml") {
		t.Fatalf("the first start with a broken set: %v, want an error that names the file", err)
	}
	write("good")
	if err := start(t, c).end(); err != nil {
		t.Fatal(err)
	}
	refused := func(a *running, name, from string) {
		t.Helper()
		a.expectSet(name, from, 0)
		if k := a.page().Cameras[0]; k.Refused == "" {
			t.Error("the status does not say that a set was refused")
		}
		alarmed := false
		a.read(func(e events.Received) bool {
			if alarm, err := e.Alarm(); err == nil && alarm.Name == alarmSetRefused && strings.Contains(alarm.Detail, "good") {
				alarmed = true
			}
			return alarmed
		})
		if err := a.end(); err != nil {
			t.Fatal(err)
		}
	}
	write("broken")
	refused(start(t, c), "good", "file")
	if err := os.Remove(c.Cameras[0].Prompts); err != nil {
		t.Fatal(err)
	}
	refused(start(t, c), "good", "file")

	// A pushed set that a later version cannot build gives way to what it took the
	// place of.
	write("good")
	a := start(t, c)
	a.push("pushed", 3)
	kept := *a.cameras[0].keptSet.Load()
	kept.Set = []byte("name: pushed\nno_such_key: 1\n")
	if err := a.cameras[0].storeSet(context.Background(), &kept); err != nil {
		t.Fatal(err)
	}
	if err := a.end(); err != nil {
		t.Fatal(err)
	}
	refused(start(t, c), "good", "file")
}

// A live set that cannot be read is not forgotten: the file's set stands in for it,
// with an alarm, and a later start that can read it goes on with it.
func TestSet_OneThatCannotBeReadIsNotForgotten(t *testing.T) {
	c, write := setFile(t)
	write("first")
	a := start(t, c)
	a.push("pushed", 7)
	kept, err := a.store.Kept(t.Context(), keptSetKey("belt"))
	if err != nil {
		t.Fatal(err)
	}
	put := func(a *running, text []byte) {
		t.Helper()
		if err := a.store.Keep(t.Context(), keptSetKey("belt"), text); err != nil {
			t.Fatal(err)
		}
		if err := a.end(); err != nil {
			t.Fatal(err)
		}
	}
	unreadable := kept[:len(kept)/2]
	put(a, unreadable)

	a = start(t, c)
	a.expectSet("first", "file", 0)
	if k := a.page().Cameras[0]; !strings.Contains(k.Refused, "read the live prompt set") {
		t.Errorf("the status says %q of the set that cannot be read", k.Refused)
	}
	if now, err := a.store.Kept(t.Context(), keptSetKey("belt")); err != nil || string(now) != string(unreadable) {
		t.Errorf("what is kept is %q now, %v: want it as it was", now, err)
	}
	put(a, kept)

	a = start(t, c)
	a.expectSet("pushed", "push", 7)
}

// An agent that is stopped while it starts ends as one that is stopped later: that is
// no mistake in its configuration.
func TestRun_StoppedDuringTheStart(t *testing.T) {
	c := settings(t, t.TempDir(), belt(t)+"  - {name: second, source: 'testline://?fps=10', prompts: "+armed(t)+"}\n")
	ctx, stop := context.WithCancel(t.Context())
	out := &screen{}
	a := New(Options{Config: c, Version: "test", Log: slog.New(slog.NewTextHandler(out, nil)), Terminal: out})
	a.prepare = func(*camera) { stop() } // the first camera is open
	if err := a.Run(ctx); err != nil || len(a.cameras) != 1 {
		t.Errorf("%d cameras were opened: %v", len(a.cameras), err)
	}
	if text := out.String(); strings.Contains(text, "level=ERROR") {
		t.Errorf("it says:\n%s", text)
	}
}

// A pushed set that names its references is scored by those at once, as it is after a
// restart; one that names references which are not there is refused.
func TestSet_APushedOneNamesItsReferences(t *testing.T) {
	c, write := setFile(t)
	write("first")
	a := start(t, c)
	dir := filepath.Dir(c.Cameras[0].Prompts)
	picture := filepath.Join(dir, "a.png")
	if err := os.WriteFile(picture, gradient(t), 0o600); err != nil {
		t.Fatal(err)
	}
	references, err := a.model.LearnReferences(t.Context(), a.cameras[0].view(), []string{picture}, a.cameras[0].live.Bank().Set.LearnNeeds(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := references.Save(filepath.Join(dir, "other.references")); err != nil {
		t.Fatal(err)
	}
	push := func(file string) error {
		return (controlled{a.Agent}).Arm(t.Context(), "belt", control.Pushed{Revision: 7, Wish: 107, By: "anna@desk"}, []byte("name: pushed\nreferences: "+file+"\n"+plainSet))
	}
	if err := push("gone.references"); err == nil || !strings.Contains(err.Error(), "gone.references is not there") {
		t.Errorf("a push without its references: %v", err)
	}
	if err := push("other.references"); err != nil {
		t.Fatal(err)
	}
	now := a.cameras[0].live.Bank().ReferencesHash()
	if err := a.end(); err != nil {
		t.Fatal(err)
	}
	a = start(t, c)
	if then := a.cameras[0].live.Bank().ReferencesHash(); now == "" || now != then {
		t.Errorf("references %q after the push, %q after a restart", now, then)
	}
	a.expectSet("pushed", "push", 7)
}
