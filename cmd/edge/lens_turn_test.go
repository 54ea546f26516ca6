package main

import (
	"context"
	"encoding/json"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/internal/need"
	"pristine/internal/scored"
	"pristine/internal/turn"
	"pristine/observe"
	"pristine/prompts"
	"pristine/verdict"
)

// turnedScores scores a picture turned by so many quarters, with the references as the
// option has it.
func turnedScores(t *testing.T, e *observe.Model, plain *prompts.Bank, references []string, option prompts.Turned, picture string, quarters int) (prompts.Scores, *prompts.Bank) {
	t.Helper()
	plain.Set.Turned = option
	r, err := e.LearnReferences(context.Background(), observe.View{}, references, prompts.Needs{Turned: option.Encodes(len(references))})
	if err != nil {
		t.Fatal(err)
	}
	bank, err := plain.WithReferences(r)
	if err != nil {
		t.Fatal(err)
	}
	pix, width, height, err := opencv.DecodeFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	pix = turn.Picture(nil, pix, width, image.Rect(0, 0, width, height), quarters)
	var o prompts.Observation
	var s prompts.Scores
	if err := e.NewEncoder(observe.View{}).Encode(context.Background(), &capture.Frame{Pix: pix, Width: width, Height: height}, &o); err != nil {
		t.Fatal(err)
	}
	if err := bank.Score(&o, &s); err != nil {
		t.Fatal(err)
	}
	return s, bank
}

// Chips lie anyhow in testdata: one that is turned is nearer to references that
// are turned, too. A board has an up and a down: one that lies upside down is not
// passed.
func TestReferencesDecideWhetherAPartMayLieTurned(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	e, plain := openPlain(t)
	chips, _ := filepath.Glob("cmd/edge/testdata/lots/chip-0/good/*.jpg")
	boards, _ := filepath.Glob(frames(t, "testline://?fps=0&speed=240&kind=board&seed=1&defect_rate=0", 5) + "/*.jpg")
	if len(chips) < 5 || len(boards) != 5 {
		t.Fatalf("%d chips, %d boards", len(chips), len(boards))
	}
	for quarters := range 4 {
		with, bank := turnedScores(t, e, plain, chips[:4], prompts.TurnedAuto, chips[4], quarters)
		inUse := bank.Turned()
		without, _ := turnedScores(t, e, plain, chips[:4], prompts.TurnedNever, chips[4], quarters)
		t.Logf("chip, %d quarters: P(defect) %.3f, without turned references %.3f", quarters, with.Defect, without.Defect)
		if !inUse || verdictOf(&with, bank.Set.Thresholds) == "FAIL" || quarters == 1 && with.Reference >= without.Reference {
			t.Errorf(`a good chip turned: in use %v, %.3f, without %.3f; want inUse, verdictOf(&with, bank.Set.Thresholds) != "FAIL", not quarters == 1 && with.Reference >= without.Reference`, inUse, with.Reference, without.Reference)
		}
		board, bank := turnedScores(t, e, plain, boards[:4], prompts.TurnedAuto, boards[4], quarters)
		verdict := verdictOf(&board, bank.Set.Thresholds)
		t.Logf("board, %d quarters: %s, P(defect) %.3f", quarters, verdict, board.Defect)
		if bank.Turned() || quarters > 0 && verdict == "PASS" || quarters == 0 && verdict == "FAIL" {
			t.Errorf(`a good board turned: in use %v, %s; want not bank.Turned(), not quarters > 0 && verdict == "PASS", not quarters == 0 && verdict == "FAIL"`, bank.Turned(), verdict)
		}
	}
}

// The kept file says how parts lie, keeps it, and of before it asks for the
// pictures again.
func TestTurnedReferencesAreKeptBesideASet(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	good := "cmd/edge/testdata/lots/chip-0/good"
	list := func(set string) (all []scored.KeptPicture, table string) {
		out, _ := edge(t, 0, "reference", "list", "--format", "json", set)
		if err := json.Unmarshal([]byte(out), &all); err != nil {
			t.Fatal(err)
		}
		table, _ = edge(t, 0, "reference", "list", set)
		return all, table
	}
	set := setBeside(t, "turned: never\n")
	if out, _ := edge(t, 0, "reference", "add", "--keep", "3", set, good); !strings.Contains(out, "not in use (turned: never)") {
		t.Errorf("add printed %s", out)
	}
	option := func(value string) { rewrite(t, set, "turned: "+value) }
	option("always")
	if _, errs := edge(t, 1, "score", "--prompts", set, good+"/05.jpg"); !strings.Contains(errs, "add the same pictures again with edge reference add") {
		t.Errorf("score printed %s", errs)
	}
	option("auto")
	if all, table := list(set); all[0].Turned || !strings.Contains(table, "add the same pictures again") {
		t.Errorf("%+v\n%s", all, table)
	}
	const inUse = "compared with them turned, too (turned: auto)"
	if out, _ := edge(t, 0, "reference", "add", "--keep", "3", set, good); !strings.Contains(out, inUse) {
		t.Errorf("add printed %s", out)
	}
	if all, table := list(set); len(all) != 3 || !all[0].Turned || !strings.Contains(table, inUse) {
		t.Errorf("%+v\n%s; want len(all) == 3, all[0].Turned, strings.Contains(table, inUse)", all, table)
	}
	out, _ := edge(t, 0, "eval", "--prompts", set, "--good", good, "--bad", "cmd/edge/testdata/lots/chip-0/bad")
	if !strings.Contains(out, "3 beside the set, and turned") {
		t.Errorf("eval printed %s", out)
	}
	all, _ := list(set)
	if out, _ = edge(t, 0, "reference", "remove", set, all[0].SHA[:12]); !strings.Contains(out, "2 good") {
		t.Errorf("remove printed %s", out)
	}
	if one, _ := list(set); one[0].Turned {
		t.Error("two references told how the part lies")
	}
	option("always")
	if one, _ := list(set); !one[0].Turned {
		t.Error("always did not force two")
	}
	edge(t, 0, "score", "--prompts", set, good+"/05.jpg")
}

// rewrite replaces the line of a set that says how references are turned.
func rewrite(t *testing.T, set, line string) {
	t.Helper()
	data, err := os.ReadFile(set)
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(data), "turned:")
	if err := os.WriteFile(set, []byte(before+line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// verdictOf is what a single picture would be judged.
func verdictOf(s *prompts.Scores, t prompts.Thresholds) verdict.Verdict {
	v, _ := verdict.Decide(s.Judged(), t)
	return v
}
