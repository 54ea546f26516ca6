package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"pristine/evaluate"
)

func measured(t *testing.T, draws int) *Report {
	t.Helper()
	var all []Draw
	for d := range draws {
		var outcomes []evaluate.Outcome
		for i := range 40 {
			o := evaluate.Outcome{File: fmt.Sprintf("a rather long folder/that/holds the pictures/<b>%d.jpg", i), Bad: i%4 == 0, Raw: float64(i%7 + d), P: float64(i%7) / 7}
			if o.Bad {
				o.Defect, o.Raw, o.P = "a defect with a rather long name"[i/2:], o.Raw+4, min(o.P+0.4, 1)
			}
			o.Unknown = i == 5
			if i == 6 {
				o.ReviewShare = 1
			}
			outcomes = append(outcomes, o)
		}
		all = append(all, Draw{Seed: uint64(d), Outcomes: outcomes})
	}
	r := New(all, evaluate.Thresholds{Review: 0.4, Fail: 0.6})
	r.PromptSet, r.Bundle, r.LeftOut = "<script>alert(1)</script>", "pocket", []string{"x.jpg"}
	return r
}

// To people as a table of 80 columns.
func TestTheTableIsEightyColumnsWide(t *testing.T) {
	for _, draws := range []int{1, 3} {
		var b bytes.Buffer
		r := measured(t, draws)
		r.Pixels = &Pixels{AUROC: 0.9, PRO: 0.8, Masks: 1000, NoMask: 12}
		r.WriteTable(&b)
		for line := range strings.Lines(b.String()) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
				t.Errorf("%d columns: %s", n, line)
			}
		}
		for _, want := range []string{"AUROC", "Overkill", "Good that REVIEW", "Escape", "(1 unknown, 1 by severity)", "about 269 more good parts", "1 pictures cannot be read", "12 bad pictures have no mask"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%q is missing:\n%s", want, b.String())
			}
		}
	}
}

// Labels that are the wrong way round get that said, and no other advice.
func TestNotes_SwappedLabels(t *testing.T) {
	for bad, want := range map[float64]bool{-4: true, 4: false} {
		var outcomes []evaluate.Outcome
		for i := range 10 {
			o := evaluate.Outcome{File: fmt.Sprint(i), Bad: i < 5, Raw: float64(i % 5), P: 0.5}
			if o.Bad {
				o.Raw += bad
			}
			outcomes = append(outcomes, o)
		}
		r := New([]Draw{{Outcomes: outcomes}}, evaluate.Thresholds{Review: 0.4, Fail: 0.6})
		r.Cues = map[string]float64{"contrast": 0.9}
		notes := strings.Join(r.Notes(), "\n")
		if strings.Contains(notes, "are good and bad swapped?") != want || want && strings.Contains(notes, "is the light the same?") {
			t.Errorf("AUROC %.2f: %s", r.AUROC, notes)
		}
	}
}

// A ranking in which nothing changes anything says so, instead of a table of zeros.
func TestRanking_NothingToRank(t *testing.T) {
	r := Ranking{PromptSet: "flange", AUROC: 1, Good: 12, Bad: 13, Prompts: []Effect{{Class: "chip", Prompt: "chipped {}"}}, Candidate: []Effect{{Class: "hole", Prompt: "{} with a hole"}}}
	var b bytes.Buffer
	r.WriteTable(&b)
	if out := b.String(); !strings.Contains(out, "There is nothing to rank") || !strings.Contains(out, "harder to tell") || strings.Contains(out, "0.000 to") {
		t.Errorf("got\n%s; want strings.Contains(out, \"There is nothing to rank\"), strings.Contains(out, \"harder to tell\"), not strings.Contains(out, \"0.000 to\")", out)
	}
	r.Prompts[0].AUROC, r.Prompts[0].Interval = 0.01, [2]float64{-0.01, 0.03}
	b.Reset()
	r.WriteTable(&b)
	if out := b.String(); strings.Contains(out, "nothing to rank") || !strings.Contains(out, "chipped {}") {
		t.Errorf("got\n%s", out)
	}
}

// Figures of several draws are means; an interval is the widest of the draws'.
func TestDrawsAreSummedUp(t *testing.T) {
	a, b := measured(t, 1), measured(t, 1)
	worse := []Draw{{Seed: 1, Outcomes: a.outcomes}, {Seed: 2, Outcomes: append([]evaluate.Outcome(nil), b.outcomes...)}}
	for i := range worse[1].Outcomes {
		worse[1].Outcomes[i].P, worse[1].Outcomes[i].ReviewShare = 0.9, 0 // all fail
	}
	r := New(worse, evaluate.Thresholds{Review: 0.4, Fail: 0.6})
	if want := (a.Overkill + 29.0/30) / 2; r.Overkill != want {
		t.Errorf("overkill %v, want %v: 29 of 30, one being unknown", r.Overkill, want)
	}
	if want := (float64(a.GoodVerdicts.Review)/30 + 1.0/30) / 2; a.GoodVerdicts.Review < 2 || r.GoodReview != want {
		t.Errorf("%v of good parts are REVIEW, want %v: %d of 30 and the unknown one", r.GoodReview, want, a.GoodVerdicts.Review)
	}
	if r.OverkillInterval[0] != a.OverkillInterval[0] || r.OverkillInterval[1] < 0.99 {
		t.Errorf("interval %v beside %v", r.OverkillInterval, a.OverkillInterval)
	}
}

// The HTML file refers to nothing outside itself and holds no script; what
// comes from file names and prompt sets is escaped.
func TestTheHTMLFileStandsAlone(t *testing.T) {
	r := measured(t, 2)
	pix := bytes.Repeat([]byte{10, 200, 90}, 600*300)
	if err := r.AddThumb(r.Worst[0], pix, 600, 300, Heat{[]float32{0, 0.3, 0.6, 1}, 2, 2}); err != nil {
		t.Fatal(err)
	}
	if err := r.AddThumb(r.Worst[1], pix, 600, 300, Heat{}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.WriteHTML(&b, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	if strings.Contains(html, "<script") || strings.Contains(html, "<b>") && strings.Contains(html, "pictures/<b>") {
		t.Error("a name was not escaped")
	}
	for _, reference := range regexp.MustCompile(`(?:src|href|url\()="?([^"]*)`).FindAllStringSubmatch(html, -1) {
		if !strings.HasPrefix(reference[1], "data:image/jpeg;base64,") {
			t.Errorf("it refers to %.60s", reference[1])
		}
	}
	for _, outside := range []string{"http://", "https://", "@import", "<link", "ZgotmplZ"} {
		if strings.Contains(html, outside) {
			t.Errorf("it holds %s", outside)
		}
	}
	if strings.Count(html, "data:image/jpeg") != 3 {
		t.Errorf("%d pictures, want two plain and one map", strings.Count(html, "data:image/jpeg"))
	}
}

func TestOverlaysKeepTheShapeAndShowTheHeat(t *testing.T) {
	pix := make([]byte, 3*400*200)
	m := Overlay(pix, 400, 200, Heat{[]float32{0, 0, 0, 1}, 2, 2}, 100)
	if m.Bounds().Dx() != 100 || m.Bounds().Dy() != 50 {
		t.Fatalf("%v", m.Bounds())
	}
	if cold, hot := m.RGBAAt(5, 5), m.RGBAAt(95, 45); cold.R != 0 || hot.R < 100 {
		t.Errorf("cold %v, hot %v", cold, hot)
	}
	if small := Overlay(pix[:12], 2, 2, Heat{}, 100); small.Bounds().Dx() != 2 {
		t.Error("a small picture was enlarged")
	}
}

func TestTheJSONIsValidAndKeepsItsKeys(t *testing.T) {
	data, err := json.Marshal(measured(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(data, &keys); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"auroc", "average_precision", "f1_max", "good", "bad", "overkill", "overkill_interval_95", "good_review", "escape", "escape_interval_95", "unknown", "bundle", "prompt_set"} {
		if _, found := keys[key]; !found {
			t.Errorf("%s is missing", key)
		}
	}
}

// A suite's table is 80 columns wide, and its page shows what was not measured.
func TestASuiteIsTold(t *testing.T) {
	var s Suite
	s.Add("a category with a rather long name/of two", measured(t, 3), nil)
	s.Add("broken", nil, errors.New("no good picture is left"))
	with := measured(t, 3)
	with.Pixels = &Pixels{AUROC: 0.9, PRO: 0.8}
	s.Add("bottle", with, nil)
	if s.Failed() != 1 || s.Mean.Sets != 2 || s.Mean.AUROC != with.AUROC || *s.Mean.PRO != 0.8 || s.Mean.GoodReview != with.GoodReview || len(s.Seeds) != 3 {
		t.Errorf("%+v; want s.Failed() == 1, s.Mean.Sets == 2, s.Mean.AUROC == with.AUROC, *s.Mean.PRO == 0.8, GoodReview of its sets, len(s.Seeds) == 3", s.Mean)
	}
	var table, page bytes.Buffer
	s.WriteTable(&table)
	for line := range strings.Lines(table.String()) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if err := s.WriteHTML(&page, time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{table.String(), page.String()} {
		if review := tenths(with.GoodReview); strings.Count(text, review) < 2 {
			t.Errorf("%s does not say that %s %% of good parts are REVIEW", text, review)
		}
		if !strings.Contains(text, "broken was not measured: no good picture is left") {
			t.Errorf("%s does not say what was not measured", text)
		}
	}
	if strings.Contains(page.String(), "<script>") {
		t.Error("the prompt set's name is not escaped")
	}
}
