package main

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"pristine/internal/need"
	"pristine/internal/scored"
	"pristine/prompts"
)

// detailGain is what comparing in detail must win on the generated lots, in AUROC
// points: of all twelve, since on many of them nothing is left to win.
const detailGain = 1

// Detail ranks better than the whole picture alone, by what the model card says.
func TestDetailRanksBetterOnTheGeneratedSet(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	e, plain := openPlain(t)
	lots := encodeLotsWith(t, e, prompts.Needs{Detail: 2})
	mean := func(option prompts.Detail) float64 {
		sum := 0.0
		for _, lot := range lots {
			set := *plain.Set
			set.Detail, set.TextWeight = option, 0
			with := *plain
			with.Set = &set
			sum += auroc(t, refer(t, e, &with, lot.good[:4]), lot.good[4:], lot.allBad()) / float64(len(lots))
		}
		return sum
	}
	card := cardFigures(t)
	reached := map[string]float64{"4 references alone, detail 1": mean(1), "4 references alone, detail 2": mean(prompts.DetailAuto)}
	for row, figure := range reached {
		t.Logf("| %s | %.1f |", row, figure)
		if said, ok := card[row]; !ok || math.Abs(said-figure) > tolerance {
			t.Errorf("%s: the card says %.1f (found: %t), reached %.1f", row, said, ok, figure)
		}
	}
	if gain := reached["4 references alone, detail 2"] - reached["4 references alone, detail 1"]; gain < detailGain {
		t.Errorf("detail wins %.1f points, want %v", gain, detailGain)
	}
}

// What is kept, measured and printed has the detail in it: of frames of 1080 lines
// the finest.
func TestDetailIsKeptAndToldAbout(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	good, bad := frames(t, "testline://?fps=0&seed=1&defect_rate=0", 4), frames(t, "testline://?fps=0&seed=3&defect_rate=1", 2)
	set := setBeside(t, "detail: auto\n")
	out, _ := edge(t, 0, "reference", "add", set, good)
	if !strings.Contains(out, "detail 3 (detail: auto): a frame takes 10 encodes") || !strings.Contains(out, "times as long as at detail 1") {
		t.Errorf("add printed %s", out)
	}
	out, _ = edge(t, 0, "reference", "list", "--format", "json", set)
	var kept []scored.KeptPicture
	if err := json.Unmarshal([]byte(out), &kept); err != nil || len(kept) != 4 || kept[0].Detail != 3 {
		t.Errorf("list printed %s: %v; want err == nil, len(kept) == 4, kept[0].Detail == 3", out, err)
	}
	out, _ = edge(t, 0, "eval", "--prompts", set, "--good", frames(t, "testline://?fps=0&seed=9&defect_rate=0", 2), "--bad", bad, "--format", "json")
	if !strings.Contains(out, `"detail": 3`) {
		t.Errorf("eval printed %s", out)
	}
	coarse := strings.TrimSuffix(set, "flange.yaml") + "coarse.yaml"
	if err := os.WriteFile(coarse, []byte("name: flange\nobject: metal flange\ntemplates: none\ndetail: 1\nreferences: flange.references\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, _ = edge(t, 0, "reference", "list", coarse); !strings.Contains(out, "detail 1 (detail: 1): a frame takes 1 encode") {
		t.Errorf("list printed %s", out)
	}
	for _, s := range scoresOf(t, bad, "--prompts", coarse) {
		if s.Reference == 0 {
			t.Errorf("at detail 1: %+v", s)
		}
	}
}
