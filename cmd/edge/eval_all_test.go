package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/evaluate/report"
	"pristine/internal/need"
)

// threeCategories writes a root of three data sets, in three layouts, and a folder
// that is none.
func threeCategories(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for i, dirs := range [][2]string{{"flange/test/good", "flange/test/chip"}, {"pcb/test/ok", "pcb/test/ko"}, {"lid/good", "lid/bad"}} {
		for k, dir := range dirs {
			for n, file := range pictureFiles(t, frames(t, fmt.Sprintf("testline://?fps=0&speed=240&seed=%d&defect_rate=%d", 2+3*i+k, k), 5)) {
				place(t, file, filepath.Join(root, filepath.FromSlash(dir), fmt.Sprintf("%d.jpg", n)))
			}
		}
	}
	if err := os.Mkdir(filepath.Join(root, "split_csv"), 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// One call measures every category of a root as a call for each does, and the means
// are theirs.
func TestEvalAllMeasuresEachCategoryAndTheirMean(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	root, page, set := threeCategories(t), filepath.Join(t.TempDir(), "all.html"), quickPart(t)
	out, progress := edge(t, 0, "eval", "--prompts", set, "--data", root, "--all", "--references", "3", "--draws", "2", "--seed", "5", "--format", "json", "--report", page)
	var all report.Suite
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var names []string
	sum := 0.0
	for _, m := range all.Sets {
		names = append(names, m.Name)
		alone := evalReport(t, "--prompts", set, "--data", filepath.Join(root, m.Name), "--references", "3", "--draws", "2", "--seed", "5")
		if m.Report == nil || m.Report.AUROC != alone.AUROC || m.Report.Good != 2 || m.Report.Bad != 5 {
			t.Errorf("%s: %+v, by itself %v; want m.Report != nil, m.Report.AUROC == alone.AUROC, m.Report.Good == 2, m.Report.Bad == 5", m.Name, m.Report, alone.AUROC)
		}
		sum += alone.AUROC
	}
	if strings.Join(names, " ") != "flange lid pcb" || all.Mean.Sets != 3 || math.Abs(all.Mean.AUROC-sum/3) > 1e-9 || fmt.Sprint(all.Seeds) != "[5 6]" {
		t.Errorf("%v, %+v, seeds %v, want a mean of %v", names, all.Mean, all.Seeds, sum/3)
	}
	if !strings.Contains(progress, "pcb: BTAD, 10 pictures") {
		t.Errorf("nothing says what is measured: %s", progress)
	}
	if shown := browse(t, page); !strings.Contains(shown, fmt.Sprintf(`<b id="auroc">%.4f</b>`, all.Mean.AUROC)) || strings.Count(shown, "<td>chip</td>") != 1 {
		t.Error("the page shows neither the mean nor the defects")
	}
}

// A category that cannot be measured stops no other one, and is no success.
func TestEvalAllNamesWhatItCouldNotMeasure(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	root := threeCategories(t)
	if err := os.RemoveAll(filepath.Join(root, "pcb", "test", "ko", "0.jpg")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "pcb", "test", "ko", "0.jpg"), []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, why := edge(t, 1, "eval", "--data", root, "--all", "--references", "0")
	for _, want := range []string{"mean of 2", "pcb was not measured", "0.jpg", "References: none"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing:\n%s", want, out)
		}
	}
	if !strings.Contains(why, "1 of 3 data sets could not be measured") {
		t.Error(why)
	}
}

func TestEvalAllSaysWhatItTakes(t *testing.T) {
	t.Parallel()
	empty, root := t.TempDir(), t.TempDir()
	for _, dir := range []string{"pcb/good", "pcb/bad", "lid/good", "lid/bad"} {
		if err := os.MkdirAll(filepath.Join(root, filepath.FromSlash(dir)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for want, args := range map[string][]string{
		"below --data DIR":               {"--all"},
		"to draw from each":              {"--all", "--data", root},
		"no labels found":                {"--all", "--data", empty, "--references", "4"},
		"measure them with edge eval --": {"--data", root},
	} {
		if _, err := edge(t, 2, append([]string{"eval"}, args...)...); !strings.Contains(err, want) {
			t.Errorf("%v: %q is missing: %s", args, want, err)
		}
	}
}
