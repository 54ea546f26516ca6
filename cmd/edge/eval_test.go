package main

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pristine/evaluate/report"
	"pristine/internal/need"
	"pristine/internal/scored"
)

// browse returns the page as Chromium has it.
func browse(t *testing.T, file string) string {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--user-data-dir="+t.TempDir(), "--dump-dom", "file://"+path).Output()
	if err != nil {
		t.Fatalf("chromium (make test installs it): %v", err)
	}
	return string(out)
}

func evalReport(t *testing.T, args ...string) report.Report {
	t.Helper()
	out, _ := edge(t, 0, append([]string{"eval", "--format", "json"}, args...)...)
	var r report.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return r
}

func TestEvalDrawsReferencesAndReports(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	good := frames(t, "testline://?fps=0&speed=240&seed=2&defect_rate=0", 7)
	bad := frames(t, "testline://?fps=0&speed=240&seed=3&defect_rate=1", 4)
	file, set := filepath.Join(t.TempDir(), "report.html"), quickPart(t)
	r := evalReport(t, "--prompts", set, "--good", good, "--bad", bad, "--references", "3", "--draws", "2", "--report", file)
	if r.Good != 4 || r.Bad != 4 || len(r.Draws) != 2 || r.Draws[0].Seed == r.Draws[1].Seed || r.References != "3 drawn" {
		t.Errorf(`%+v; want r.Good == 4, r.Bad == 4, len(r.Draws) == 2, r.Draws[0].Seed != r.Draws[1].Seed, r.References == "3 drawn"`, r)
	}
	if r.AUROC < 0.9 {
		t.Errorf("AUROC %v on the belt", r.AUROC)
	}
	page := browse(t, file)
	for _, want := range []string{`id="auroc"`, "heat map", "</svg>", "Trivial cues"} {
		if !strings.Contains(page, want) {
			t.Errorf("the browser does not show %s", want)
		}
	}
	again := evalReport(t, "--prompts", set, "--good", good, "--bad", bad, "--references", "3", "--draws", "2")
	if again.AUROC != r.AUROC || again.Draws[1] != r.Draws[1] {
		t.Error("the same seed gives other figures")
	}
}

// A batch scores as single pictures do, so that eval and score agree.
func TestEvalAgreesWithScore(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	good := frames(t, "testline://?fps=0&speed=240&seed=2&defect_rate=0", 5)
	bad := frames(t, "testline://?fps=0&speed=240&seed=3&defect_rate=1", 2)
	out, _ := edge(t, 0, "score", good, bad, "--format", "json")
	var scores []scored.Result
	if err := json.Unmarshal([]byte(out), &scores); err != nil {
		t.Fatal(err)
	}
	by := map[string]float64{}
	for _, s := range scores {
		by[s.Picture] = s.Raw
	}
	r := evalReport(t, "--good", good, "--bad", bad)
	for _, p := range r.Worst {
		if want, found := by[p.File]; !found || math.Abs(p.Raw-want) > 1e-5 {
			t.Errorf("%s: eval says %v, score %v", p.File, p.Raw, want)
		}
	}
	if len(r.Worst) != 7 {
		t.Errorf("%d pictures", len(r.Worst))
	}
}

// Figures never leave pictures out silently.
func TestPicturesThatCannotBeReadStopEvalOrAreSaid(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	good := frames(t, "testline://?fps=0&speed=240&seed=2&defect_rate=0", 3)
	bad := frames(t, "testline://?fps=0&speed=240&seed=3&defect_rate=1", 2)
	broken := filepath.Join(good, "broken.jpg")
	if err := os.WriteFile(broken, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr := edge(t, 1, "eval", "--good", good, "--bad", bad)
	if !strings.Contains(stderr, "broken.jpg") || !strings.Contains(stderr, "--skip-unreadable") || stdout != "" {
		t.Errorf(`%s%s; want strings.Contains(stderr, "broken.jpg"), strings.Contains(stderr, "--skip-unreadable"), stdout == ""`, stdout, stderr)
	}
	if r := evalReport(t, "--good", good, "--bad", bad, "--skip-unreadable"); r.Good != 3 || len(r.LeftOut) != 1 || r.LeftOut[0] != broken {
		t.Errorf("%+v; want r.Good == 3, len(r.LeftOut) == 1, r.LeftOut[0] == broken", r)
	}
	stdout, _ = edge(t, 0, "eval", "--good", good, "--bad", bad, "--skip-unreadable")
	if !strings.Contains(stdout, "1 pictures cannot be read and are in no figure.") {
		t.Error(stdout)
	}
}

func TestASetThatSaysNothingIsUnknownInEvalToo(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	set := filepath.Join(t.TempDir(), "set.yaml")
	if err := os.WriteFile(set, []byte("name: nonsense\nobject: part\npristine: [\"the sum of two numbers\"]\ndefects: {x: {prompts: [\"a number that is even\"]}}\ntemplates: none\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := frames(t, "testline://?fps=0&speed=240&seed=2&defect_rate=0", 2)
	bad := frames(t, "testline://?fps=0&speed=240&seed=3&defect_rate=1", 2)
	r := evalReport(t, "--good", good, "--bad", bad, "--prompts", set)
	if r.Unknown != 4 || r.Overkill != 0 || r.Escape != 0 || r.GoodVerdicts.Review != 2 || r.BadVerdicts.Review != 2 {
		t.Errorf("%+v; want r.Unknown == 4, r.Overkill == 0, r.Escape == 0, r.GoodVerdicts.Review == 2, r.BadVerdicts.Review == 2", r)
	}
}

func TestMistakesOfEvalSayWhatToDo(t *testing.T) {
	t.Parallel()
	pictures := frames(t, "testline://?fps=0&speed=240&seed=2&defect_rate=0", 2)
	for want, args := range map[string][]string{
		"--good DIR and --bad DIR, or --data DIR":      {},
		"--data stands in the place of":                {"--data", pictures, "--good", pictures},
		"good/ (or ok, normal, pristine) beside bad/":  {"--data", pictures},
		"is among the good and the bad ones":           {"--good", pictures, "--bad", pictures},
		"leaves none to measure":                       {"--good", pictures, "--bad", "models/pocket/golden", "--references", "2"},
		"there is nothing to draw":                     {"--good", pictures, "--bad", "models/pocket/golden", "--draws", "2"},
		"nowhere: no such file":                        {"--data", "nowhere"},
		"--references -1 --draws 1: must be 0 or more": {"--good", pictures, "--bad", "models/pocket/golden", "--references=-1"},
	} {
		if _, stderr := edge(t, 2, append([]string{"eval"}, args...)...); !strings.Contains(stderr, want) {
			t.Errorf("%v: %q does not say %q", args, stderr, want)
		}
	}
}
