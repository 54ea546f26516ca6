package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pristine/capture/opencv"
	"pristine/infer"
	"pristine/internal/need"
	"pristine/internal/scored"
	"pristine/observe"
	"pristine/prompts"
)

// setBeside writes a set into a folder of its own, so that references lie there.
// quick spares a test what it is not about: frames of the built-in line are encoded ten
// times where the detail is auto, and references are turned.
const quick = "detail: 1\nturned: never\n"

// setBeside writes a set into a folder of its own. It is quick unless more says how
// finely frames are compared, or how references are turned.
func setBeside(t *testing.T, more string) string {
	t.Helper()
	text := "name: flange\nobject: metal flange\ntemplates: none\n" + more
	if !strings.Contains(more, "detail:") && !strings.Contains(more, "turned:") && !strings.Contains(more, "tiles:") {
		text += quick
	}
	file := filepath.Join(t.TempDir(), "flange.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// quickPart is a copy of the set that commands use by default, but quick.
func quickPart(t *testing.T) string {
	t.Helper()
	return quickSet(t, "part")
}

// quickSet is a copy of a set that comes with the program, but quick.
func quickSet(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("configs/prompts/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), name+".yaml")
	if err := os.WriteFile(file, append(text, quick...), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func scoresOf(t *testing.T, args ...string) []scored.Result {
	t.Helper()
	out, _ := edge(t, 0, append([]string{"score", "--format", "json"}, args...)...)
	var scores []scored.Result
	if err := json.Unmarshal([]byte(out), &scores); err != nil || len(scores) == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	return scores
}

// Good pictures that the references before do not know are added with a warning.
func TestReferenceAdd_WarnsOfAnotherPart(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	flanges, more := frames(t, "testline://?fps=0&speed=240&seed=1&defect_rate=0", 4), frames(t, "testline://?fps=0&speed=240&seed=2&defect_rate=0", 2)
	gears := frames(t, "testline://?fps=0&speed=240&seed=3&defect_rate=0&kind=gear", 2)
	set := setBeside(t, "detail: 1\n")
	for _, pictures := range []string{flanges, more} {
		if _, out := edge(t, 0, "reference", "add", set, pictures); strings.Contains(out, "Warning") {
			t.Errorf("of the same part it says %s", out)
		}
	}
	if _, out := edge(t, 0, "reference", "add", set, gears); !regexp.MustCompile(`Warning: [12] of 2 pictures show another part or view than the references before, such as `).MatchString(out) || !strings.Contains(out, "Try: edge reference list, edge reference remove") {
		t.Errorf("of another part it says %q", out)
	}
	// Of the first pictures, too, one that is unlike the others.
	dark, err := opencv.EncodePNG(bytes.Repeat([]byte{1}, 3*640*480), 640, 480)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(flanges, "dark.png"), dark, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, out := edge(t, 0, "reference", "add", setBeside(t, "detail: 1\n"), flanges); !strings.Contains(out, "Warning: 1 of 5 pictures show another part or view than the others, such as dark.png.") {
		t.Errorf("of a dark picture among the first it says %q", out)
	}
}

func TestReferencesAreKeptBesideASet(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	good, bad := frames(t, "testline://?fps=0&seed=1&defect_rate=0", 6), frames(t, "testline://?fps=0&seed=3&defect_rate=1", 2)
	set := setBeside(t, "")
	if s := scoresOf(t, bad, "--prompts", set); s[0].Reference != 0 {
		t.Errorf("without references: %+v", s[0])
	}
	out, _ := edge(t, 0, "reference", "add", "--keep", "4", set, good)
	if !strings.Contains(out, "4 good and 0 bad pictures (6 added") || !strings.Contains(out, "2 good pictures were left out") {
		t.Errorf("add printed %s", out)
	}
	out, _ = edge(t, 0, "eval", "--prompts", set, "--good", good, "--bad", bad, "--format", "json")
	var measured struct{ Good, Bad int }
	if err := json.Unmarshal([]byte(out), &measured); err != nil || measured.Good != 2 || measured.Bad != 2 {
		t.Errorf("pictures that are references were measured: %v: %s; want err == nil, measured.Good == 2, measured.Bad == 2", err, out)
	}
	edge(t, 0, "reference", "add", "--bad", set, bad)
	if out, _ = edge(t, 0, "reference", "add", "--bad", set, bad); !strings.Contains(out, "4 good and 2 bad pictures (0 added, 2 were there already)") {
		t.Errorf("adding again printed %s", out)
	}
	for _, s := range scoresOf(t, bad, "--prompts", set) {
		if s.Reference == 0 || s.Verdict != "FAIL" {
			t.Errorf("with references: %+v", s)
		}
	}
	out, _ = edge(t, 0, "reference", "list", "--format", "json", set)
	var listed []scored.KeptPicture
	if err := json.Unmarshal([]byte(out), &listed); err != nil || len(listed) != 6 || listed[0].Bad || !listed[5].Bad {
		t.Fatalf("%v: %s; want err == nil, len(listed) == 6, not listed[0].Bad, listed[5].Bad", err, out)
	}
	if out, _ = edge(t, 0, "reference", "list", set); !strings.Contains(out, listed[0].Name) || !strings.Contains(out, "4 good and 2 bad") {
		t.Errorf("list printed %s", out)
	}
	edge(t, 2, "reference", "remove", set, "nothing.jpg")
	if out, _ = edge(t, 0, "reference", "remove", set, listed[5].SHA[:12]); !strings.Contains(out, "4 good and 1 bad") {
		t.Errorf("remove printed %s", out)
	}
	edge(t, 0, "reference", "remove", "--all", set)
	if _, errs := edge(t, 2, "reference", "list", set); !strings.Contains(errs, "edge reference add") {
		t.Errorf("a set without references printed %s", errs)
	}
}

func TestAReferencesFileThatTheSetNamesMustBeThere(t *testing.T) {
	t.Parallel()
	set := setBeside(t, "references: other.references\n")
	if _, errs := edge(t, 2, "score", "--prompts", set, frames(t, "testline://?fps=0&seed=1&defect_rate=0", 1)); !strings.Contains(errs, "edge reference add") {
		t.Errorf("printed %s", errs)
	}
}

// withoutPatches is the built-in model as most CLIP exports are: it gives one
// embedding a picture and nothing else.
func withoutPatches(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "plain")
	if err := os.CopyFS(dir, os.DirFS("models/pocket")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "bundle.yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for line := range strings.Lines(string(data)) {
		if !strings.Contains(line, "patch_embeddings:") && !strings.Contains(line, "patch_features:") {
			kept = append(kept, line)
		}
	}
	if err := os.WriteFile(file, []byte(strings.Join(kept, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestABundleWithoutPatchesIsScoredByTiles(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	bundle := withoutPatches(t)
	good, bad := frames(t, "testline://?fps=0&seed=1&defect_rate=0", 4), frames(t, "testline://?fps=0&seed=3&defect_rate=1", 2)
	plain := setBeside(t, "")
	if _, errs := edge(t, 1, "reference", "add", "--bundle", bundle, plain, good); !strings.Contains(errs, "set tiles: 3") {
		t.Errorf("without tiles: %s", errs)
	}
	set := setBeside(t, "tiles: 3\n")
	edge(t, 0, "reference", "add", "--bundle", bundle, set, good)
	for _, s := range scoresOf(t, "--bundle", bundle, "--prompts", set, bad) {
		if s.Reference <= 0 {
			t.Errorf("%+v", s)
		}
	}
	out, _ := edge(t, 0, "eval", "--bundle", bundle, "--prompts", set, "--good", frames(t, "testline://?fps=0&seed=2&defect_rate=0", 2), "--bad", bad, "--format", "json")
	if !strings.Contains(out, `"auroc"`) {
		t.Errorf("eval printed %s", out)
	}
}

func TestASetWhoseTextsAreCachedIsSwappedInWithinFiftyMilliseconds(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	e := pocketModel(t)
	if _, err := e.Bank(context.Background(), "configs/prompts/cast-metal.yaml"); err != nil {
		t.Fatal(err)
	}
	best := time.Hour
	for range 20 { // the machine may be busy
		start := time.Now()
		set, err := prompts.Load("configs/prompts/cast-metal.yaml")
		if err != nil {
			t.Fatal(err)
		}
		bank, err := prompts.NewBank(context.Background(), set, e.Texts, e.Info())
		if err != nil {
			t.Fatal(err)
		}
		prompts.NewLive(bank).Swap(bank)
		best = min(best, time.Since(start))
	}
	if best > 50*time.Millisecond {
		t.Errorf("it took %v", best)
	}
	t.Logf("%v", best)
}

func TestTheLensEncodesTheTilesThatAreAskedFor(t *testing.T) {
	t.Parallel()
	e, err := observe.Open("models/pocket", infer.Options{MaxBatch: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	file := filepath.Join(frames(t, "testline://?fps=0&seed=1&defect_rate=0", 1), "flange-00001.jpg")
	for _, n := range []int{0, 3, 2} {
		var o prompts.Observation
		l := e.NewEncoder(observe.View{})
		if err := l.ObserveFile(context.Background(), file, prompts.Needs{Tiles: n}, &o); err != nil {
			t.Fatal(err)
		}
		if o.TileGrid != [2]int{n, n} || len(o.Tiles) != n*n*256 {
			t.Errorf("%d: a grid of %v, %d numbers", n, o.TileGrid, len(o.Tiles))
		}
	}
}

func TestTwoSetsAreComparedOnTheSameFrames(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	dir := frames(t, "testline://?fps=0&seed=3&defect_rate=0.5", 5)
	tiled := setBeside(t, "tiles: 2\n")
	if _, errs := edge(t, 2, "run", "--config", configure(t, dir, "    shadow_prompts: "+tiled+"\n")); !strings.Contains(errs, "give both the same") {
		t.Errorf("sets with other tiles gave %s", errs)
	}
	shadow := setBeside(t, "thresholds: {review: 0.0001, fail: 0.0002}\n")
	results, printed := inspected(t, configure(t, dir, "    shadow_prompts: "+shadow+"\n    hold_off: 0s\n"))
	if len(results) != 5 || !strings.Contains(printed, "of 5 results") || !strings.Contains(printed, "the sets part and flange agreed on") {
		t.Errorf("%d results, printed:\n%s; want len(results) == 5, strings.Contains(printed, \"of 5 results\"), strings.Contains(printed, \"the sets part and flange agreed on\")", len(results), printed)
	}
	for _, r := range results {
		if r.PromptSet != "part" {
			t.Errorf("%s was judged by %s", r.Part, r.PromptSet)
		}
		if !r.Shadow || !strings.Contains(r.ShadowReason, "never validated") {
			t.Errorf("%s of a set that was never validated: shadow %v, %q", r.Part, r.Shadow, r.ShadowReason)
		}
	}
}

// A bad edit of a set keeps the last good one and says so; a good one then
// takes effect, with its thresholds, without a restart.
func TestABadEditIsToldAndAGoodOneTakesEffect(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	set := setBeside(t, "arm: true\n")
	config := filepath.Join(dir, "edge.yaml")
	text := "events: {dir: " + dir + "/events, listen: ''}\nhttp: {listen: '127.0.0.1:0'}\ncameras:\n  - name: cam\n    source: testline://?fps=20&defect_rate=0\n    prompts: " + set + "\n    hold_off: 0s\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	page, stop := agentOn(t, config)
	defer stop()
	edit := func(more string) {
		if err := os.WriteFile(set, []byte("name: edited\nobject: metal flange\ntemplates: none\n"+more), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	edit("defects: [\n")
	until(t, "a refusal", &buffer{}, func() bool { return strings.Contains(statusOf(t, page).Cameras[0].Refused, "flange.yaml:") })
	if c := statusOf(t, page).Cameras[0]; c.PromptSet != "flange" || c.Shadow {
		t.Errorf("after a bad edit: %+v", c)
	}
	if _, metrics := fetch(t, page+"metrics"); !strings.Contains(string(metrics), `pristine_prompts_refused{camera="cam"} 1`) {
		t.Errorf("metrics:\n%s", metrics)
	}
	edit("thresholds: {review: 0.000001, fail: 0.000002}\n")
	until(t, "the edited set", &buffer{}, func() bool {
		c := statusOf(t, page).Cameras[0]
		return c.Refused == "" && c.PromptSet == "edited" && c.Shadow && c.Verdicts["FAIL"] > 0
	})
}
