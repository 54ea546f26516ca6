package agent

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pristine/events/control"
	"pristine/history"
	"pristine/page"
	"pristine/prompts"
)

// referring is a running camera whose references are kept beside its set.
func referring(t *testing.T, prepare func(*camera)) (r *running, file string) {
	t.Helper()
	dir := t.TempDir()
	set := filepath.Join(dir, "flange.yaml")
	if text, err := os.ReadFile("configs/prompts/flange.yaml"); err != nil || os.WriteFile(set, text, 0o600) != nil {
		t.Fatalf("got err %+v, set %+v, text %+v; want err == nil, os.WriteFile(set, text, 0o600) == nil", err, set, text)
	}
	ctx := context.Background()
	r = startWith(t, settings(t, dir, `
cameras:
  - {name: belt, source: 'testline://?fps=20&speed=240&seed=4&defect_rate=0.6', prompts: `+set+`, parts_only: true}
`), func(k *camera) {
		picture := filepath.Join(dir, "a.png")
		live := k.live.Bank()
		err := os.WriteFile(picture, gradient(t), 0o600)
		var stored *prompts.References
		if err == nil {
			stored, err = k.agent.model.LearnReferences(ctx, k.view(), []string{picture}, live.Set.LearnNeeds(1))
		}
		var bank *prompts.Bank
		if file = live.Set.ReferencesFile(set); err == nil {
			err = stored.Save(file)
		}
		if err == nil {
			bank, err = live.WithReferences(stored)
		}
		if err != nil {
			t.Error(err)
			return
		}
		k.live.Swap(bank)
		prepare(k)
	})
	return r, file
}

// gradient is a picture with something to see on it.
func gradient(t *testing.T) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 128, 96))
	for i := range m.Pix {
		m.Pix[i] = byte(i)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Error(err)
	}
	return out.Bytes()
}

// The file of the references changes only where the bank does, too: the next start would
// score by others than this run.
func TestReferences_AreSavedOnlyWhereTheyTakeEffect(t *testing.T) {
	ctx := context.Background()
	r, file := referring(t, func(*camera) {})
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	k := r.cameras[0]
	err = k.changeReferences(ctx, func(references *prompts.References, set *prompts.Set) error {
		references.SetKind(0, "changed")
		edited := *set // meanwhile
		bank, err := k.live.Bank().Rebuild(ctx, &edited, r.model.Texts)
		if err == nil {
			k.live.Swap(bank)
		}
		return err
	})
	if !errors.Is(err, page.ErrUse) {
		t.Errorf("got %v, want that the set was edited", err)
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed all the same: %v", err)
	}
}

// A shadow set that cannot follow the references is no reason to deny a change of them
// that is in effect: it is audited.
func TestReferences_ChangeThatTheShadowSetCannotFollow(t *testing.T) {
	ctx := context.Background()
	r, _ := referring(t, func(k *camera) {
		set := *k.live.Bank().Set
		set.Tiles = 2 // not those of the live set
		bank, err := prompts.NewBank(ctx, &set, k.agent.model.Texts, k.agent.model.Info())
		if err != nil {
			t.Error(err)
			return
		}
		k.shadow = prompts.NewLive(bank)
	})
	var parts []history.Result
	r.until("a part with a picture", func() bool {
		parts, _ = r.history.Load().Parts(ctx, history.Filter{Verdicts: []string{"FAIL", "REVIEW"}}, 1)
		return len(parts) == 1
	})
	parts[0].Label = &history.Label{Who: "ann", Label: history.Good}
	said, err := (references{r.Agent}).Use(ctx, page.Use{Who: "ann", As: page.AsReference, Result: parts[0]})
	if n := r.cameras[0].live.Bank().References(); err != nil || n != 2 {
		t.Errorf("%d references, %q, %v: want two", n, said, err)
	}
	change, err := r.history.Load().LastChange(ctx, changeReference, "belt")
	if err != nil || change == nil || change.Who != "ann" {
		t.Errorf("the trail has %+v, %v: want the reference by ann", change, err)
	}
}

// waits reports whether a goroutine within a function waits for a lock.
func waits(function string) bool {
	stacks := make([]byte, 4<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	return slices.ContainsFunc(strings.Split(string(stacks), "\n\n"), func(stack string) bool {
		return strings.Contains(stack, function) && strings.Contains(stack, "Mutex).Lock")
	})
}

// A change of references and a push are one after the other: neither undoes the other.
func TestReferences_StayWhereASetIsPushedMeanwhile(t *testing.T) {
	c, write := setFile(t)
	write("first")
	a := start(t, c)
	k := a.cameras[0]
	picture := filepath.Join(t.TempDir(), "a.png")
	if err := os.WriteFile(picture, gradient(t), 0o600); err != nil {
		t.Fatal(err)
	}
	added, err := k.agent.model.LearnReferences(t.Context(), k.view(), []string{picture}, k.live.Bank().Set.LearnNeeds(1))
	if err != nil {
		t.Fatal(err)
	}
	pushed := make(chan error, 1)
	k.acts.Lock() // as the page does while it changes references
	go func() {
		pushed <- (controlled{a.Agent}).Arm(context.Background(), "belt", control.Pushed{Revision: 7}, []byte("name: second\n"+plainSet))
	}()
	a.until("the push to wait", func() bool { return waits("controlled.Arm") })
	bank, err := k.live.Bank().WithReferences(added)
	if err == nil {
		k.live.Swap(bank)
	}
	k.acts.Unlock()
	if err := errors.Join(err, <-pushed); err != nil {
		t.Fatal(err)
	}
	if live := k.live.Bank(); live.Set.Name != "second" || live.References() != 1 {
		t.Errorf("set %s with %d references, want the second set with the one that was added", live.Set.Name, live.References())
	}
}
