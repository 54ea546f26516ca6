package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pristine/events"
	"pristine/history"
	"pristine/internal/browser"
	"pristine/internal/config"
	"pristine/page"
)

// One click on the page makes a reviewed part a reference, a hard negative or a
// picture to evaluate with: the bank that runs takes it up, the next start has it,
// and the trail says who did it.
func TestReviewedParts_BecomeReferences(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	c := settings(t, dir, `
cameras:
  - {name: belt, source: 'testline://?fps=20&speed=240&seed=4&good_first=8&defect_rate=0.6', policy: every, prompts: configs/prompts/flange.yaml, parts_only: true, learn_parts: 8, challenge: {size: 0}}
`)
	r, b := start(t, c), browser.Open(t)
	bank := func() (good, bad int) {
		for _, p := range r.cameras[0].live.Bank().ReferencePictures() {
			if p.Bad {
				bad++
			} else {
				good++
			}
		}
		return good, bad
	}
	var parts []history.Result
	r.until("two parts that FAIL or are in REVIEW", func() bool {
		var err error
		parts, err = r.history.Load().Parts(ctx, history.Filter{Verdicts: []string{"FAIL", "REVIEW"}}, 2)
		return err == nil && len(parts) == 2
	})
	learned, _ := bank()
	base := strings.TrimSuffix(r.board.url, "/")

	b.Run(t, chromedp.Navigate(base+"/parts/"+parts[0].Event), chromedp.Click(".decide .good"))
	b.Until(t, `document.querySelector(".use [value=reference]")`)
	b.Run(t, chromedp.Click(".use [value=reference]"))
	b.Until(t, `document.querySelector(".note")?.innerText.includes("is a reference of camera belt now") && document.querySelector(".use").innerText.includes("It is a reference")`)
	if good, bad := bank(); good != learned+1 || bad != 0 {
		t.Errorf("the bank has %d good and %d bad references, want %d and none", good, bad, learned+1)
	}
	b.Run(t, chromedp.Click(".use [value=evaluation]"))
	b.Until(t, `document.querySelector(".note")?.innerText.includes("edge eval --data")`)
	kept, err := os.ReadFile(filepath.Join(dir, "reviewed", "belt", "good", parts[0].Event+".jpg"))
	if evidence := evidenceOf(t, r, parts[0].Event); err != nil || !bytes.Equal(kept, evidence) {
		t.Errorf("%d bytes are kept to evaluate with, want the %d of the evidence: %v", len(kept), len(evidence), err)
	}

	b.Run(t, chromedp.Navigate(base+"/parts/"+parts[1].Event), chromedp.SendKeys(".decide [name=kind]", "deep scratch"), chromedp.Click(".decide .bad"))
	b.Until(t, `document.querySelector(".use [value=reference]")?.innerText.includes("deep scratch")`)
	b.Run(t, chromedp.Click(".use [value=reference]"))
	b.Until(t, `document.querySelector(".use").innerText.includes("It is a bad reference")`)
	all := r.cameras[0].live.Bank().ReferencePictures()
	if last := all[len(all)-1]; !last.Bad || last.Kind != "deep scratch" || last.Name != parts[1].Event+" deep-scratch.jpg" {
		t.Errorf("the last reference is %q, bad %t: want the deep scratch", last.Name, last.Bad)
	}

	b.Run(t, chromedp.Navigate(base+"/parts/"+parts[1].Event))
	b.Until(t, `document.querySelector("#near").innerText.includes("Nearest references") && document.querySelector("#near .hit .cosine")`)

	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	r = start(t, c)
	if good, bad := bank(); good != learned+1 || bad != 1 {
		t.Errorf("after a restart the bank has %d good and %d bad references, want %d and one", good, bad, learned+1)
	}
	base = strings.TrimSuffix(r.board.url, "/")
	b.Run(t, chromedp.Navigate(base+"/parts/"+parts[0].Event), chromedp.Click(`form[action="/references/drop"] button`))
	b.Until(t, `document.querySelector(".note")?.innerText.includes("is no longer a reference of camera belt")`)
	if good, bad := bank(); good != learned || bad != 1 {
		t.Errorf("the bank has %d good and %d bad references, want %d and one", good, bad, learned)
	}
	changes, err := r.history.Load().Changes(ctx, history.Period{To: time.Now().Add(time.Minute)}, 100)
	var trail []string
	for _, c := range changes {
		if c.Kind == changeReference && c.Who == "local" || c.Kind == changeEvaluation {
			trail = append(trail, c.After+", "+c.Reason)
		}
	}
	if text := fmt.Sprint(trail); err != nil || len(trail) != 4 || !strings.Contains(text, "is a bad reference, local said bad, deep scratch") || !strings.Contains(text, "is kept as good") {
		t.Errorf(`the trail is %s: %v; want err == nil, len(trail) == 4, strings.Contains(text, "is a bad reference, local said bad, deep scratch"), strings.Contains(text, "is kept as good")`, text, err)
	}
}

func evidenceOf(t *testing.T, r *running, event string) []byte {
	t.Helper()
	part, err := r.history.Load().Part(context.Background(), event)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := r.history.Load().Kept(context.Background(), part.ID)
	if err != nil {
		t.Fatal(err)
	}
	var data events.Result
	if err := json.Unmarshal(kept.Data, &data); err != nil || data.Evidence == nil {
		t.Fatalf("%s has no evidence: %v", event, err)
	}
	jpeg, err := r.store.Evidence(context.Background(), data.Evidence)
	if err != nil {
		t.Fatal(err)
	}
	return jpeg
}

// A picture to evaluate with lies in the folder of its last label, wherever the agent
// keeps its files, and is never lost on the way from one to the other.
func TestReviewedParts_MoveWithTheirLabel(t *testing.T) {
	c := config.Default()
	c.Events.Dir = filepath.Join(t.TempDir(), "line[1]", "events")
	a := &Agent{config: &c}
	r := &history.Result{Event: "K-1", Camera: "belt", Label: &history.Label{Label: history.Good}}
	keep := func(label, kind string) (string, error) {
		r.Label = &history.Label{Label: label, Kind: kind}
		return a.keepToEvaluate(r, []byte("picture"))
	}
	root, err := keep(history.Good, "")
	if err != nil {
		t.Fatal(err)
	}
	here := func() (files []string) {
		for _, folder := range []string{"good", "bad", "bad/dent", "bad/scratch"} {
			if _, err := os.Stat(filepath.Join(root, folder, "K-1.jpg")); err == nil {
				files = append(files, folder)
			}
		}
		return files
	}
	for _, to := range []struct{ label, kind, want string }{{history.Bad, "dent", "bad/dent"}, {history.Bad, "", "bad"}, {history.Good, "", "good"}, {history.Good, "", "good"}} {
		if _, err := keep(to.label, to.kind); err != nil || !slices.Equal(here(), []string{to.want}) {
			t.Errorf("labelled %s %s it lies in %v, want %s: %v", to.label, to.kind, here(), to.want, err)
		}
	}
	if err := os.MkdirAll(filepath.Join(root, "bad", "scratch", "K-1.jpg"), 0o750); err != nil { // it cannot be written there
		t.Fatal(err)
	}
	if _, err := keep(history.Bad, "scratch"); err == nil || !slices.Contains(here(), "good") {
		t.Errorf("after a failed write it lies in %v: %v", here(), err)
	}
}

// A picture that is smaller than its frame makes no reference, nor does one where there
// are none yet; the refusal says why, and what to do.
func TestReviewedParts_TooSmall(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	set := filepath.Join(dir, "flange.yaml")
	if text, err := os.ReadFile("configs/prompts/flange.yaml"); err != nil || os.WriteFile(set, text, 0o600) != nil {
		t.Fatalf("got err %+v, set %+v, text %+v; want err == nil, os.WriteFile(set, text, 0o600) == nil", err, set, text)
	}
	r := start(t, settings(t, dir, `
cameras:
  - {name: belt, source: 'testline://?fps=20&speed=240&seed=4&defect_rate=0.6', prompts: `+set+`, parts_only: true}
`))
	var parts []history.Result
	r.until("a part with a picture", func() bool {
		parts, _ = r.history.Load().Parts(ctx, history.Filter{Verdicts: []string{"FAIL", "REVIEW"}}, 1)
		return len(parts) == 1
	})
	kept, err := r.history.Load().Kept(ctx, parts[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data events.Result
		want string
	}{
		"of a larger frame":    {events.Result{Frame: &events.Frame{Width: 1920, Height: 1080}}, "of its 1920 × 1080 pixels, which is too blurred for a reference, and a PASS has no evidence"},
		"shed":                 {events.Result{Frame: &events.Frame{Width: 1920, Height: 1080}, Evidence: &events.Evidence{Bucket: events.EvidenceBucket, Name: "fail-none.jpg", Bytes: 9}}, "the evidence is not there"},
		"of a frame like this": {events.Result{Frame: &events.Frame{Width: 100, Height: 100}}, ""},
	} {
		data, err := json.Marshal(c.data)
		if err != nil {
			t.Fatal(err)
		}
		record := &history.Record{Result: history.Result{Event: "x-" + name, Time: time.Now(), Camera: "belt", Verdict: "PASS"}, Thumb: kept.Thumb, Picture: kept.Picture, Data: data}
		r.history.Load().Add(record)
		if err := r.history.Load().Flush(ctx); err != nil {
			t.Fatal(err)
		}
		part, err := r.history.Load().Part(ctx, record.Event)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := r.wholePicture(ctx, part)
		if c.want == "" {
			if err != nil || !bytes.Equal(picture, kept.Picture) {
				t.Errorf("%s: %v, want the picture", name, err)
			}
		} else if !errors.Is(err, page.ErrUse) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	// This set has no references: one alone would change every verdict.
	part := parts[0]
	part.Label = &history.Label{Who: "ann", Label: history.Good}
	if _, err := (references{r.Agent}).Use(ctx, page.Use{Who: "ann", As: page.AsReference, Result: part}); !errors.Is(err, page.ErrUse) || !strings.Contains(err.Error(), "start with four") {
		t.Errorf("the first reference: %v", err)
	}
	// References that are kept beside the set are added to there.
	file := filepath.Join(t.TempDir(), "a.png")
	live := r.cameras[0].live.Bank().Set
	if err := os.WriteFile(file, kept.Thumb, 0o600); err != nil {
		t.Fatal(err)
	}
	stored, err := r.model.LearnReferences(ctx, r.cameras[0].view(), []string{file}, live.LearnNeeds(1))
	if err == nil {
		err = stored.Save(live.ReferencesFile(set))
	}
	if err != nil {
		t.Fatal(err)
	}
	said, err := (references{r.Agent}).Use(ctx, page.Use{Who: "ann", As: page.AsReference, Result: part})
	if n := r.cameras[0].live.Bank().References(); err != nil || n != 2 || !strings.Contains(said, "is a reference of camera belt now") {
		t.Errorf("%d references, %q, %v: want two", n, said, err)
	}
	near, err := (references{r.Agent}).Near(ctx, &part)
	if err != nil || len(near) != 2 || near[0].Event != part.Event || near[0].Cosine < 0.97 {
		t.Errorf("%+v, %v: want the part itself as the nearest", near, err)
	}
	if _, err := (references{r.Agent}).Drop(ctx, "ann", "belt", "none"); !errors.Is(err, page.ErrUse) {
		t.Errorf("dropping what is not there: %v", err)
	}
}
