package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/evaluate/report"
	"pristine/internal/need"
	"pristine/internal/scored"
	"pristine/verdict"
)

// labelledParts photographs the built-in line, and returns the folder of its photos
// and one with three bad ones of each kind, which are no longer in the first.
func labelledParts(t *testing.T) (photos, labelled string) {
	t.Helper()
	photos, labelled = filepath.Join(t.TempDir(), "photos"), filepath.Join(t.TempDir(), "labelled")
	edge(t, 0, "testline", photos, "--parts", "44", "--defect-rate", "0.85", "--seed", "6", "--references", "4")
	kinds, err := os.ReadDir(filepath.Join(photos, "bad"))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds {
		files, err := filepath.Glob(filepath.Join(photos, "bad", kind.Name(), "*"))
		if err != nil || len(files) < 4 {
			t.Fatalf("%d pictures of %s, %v", len(files), kind.Name(), err)
		}
		if err := os.MkdirAll(filepath.Join(labelled, kind.Name()), 0o700); err != nil {
			t.Fatal(err)
		}
		for _, file := range files[:3] {
			if err := os.Rename(file, filepath.Join(labelled, kind.Name(), filepath.Base(file))); err != nil {
				t.Fatal(err)
			}
		}
	}
	return photos, labelled
}

// stem is a picture's name, without folder and ending.
func stem(file string) string { return strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)) }

// rightNames counts pictures by whether their name is that of their folder.
func rightNames(all []scored.Result) (right, wrong, unnamed int) {
	for _, s := range all {
		switch s.Likeliest {
		case filepath.Base(filepath.Dir(s.Picture)):
			right++
		case "":
			unnamed++
		default:
			wrong++
		}
	}
	return right, wrong, unnamed
}

func TestDefectsAreNamedByLabelledReferences(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	photos, labelled := labelledParts(t)
	set := setBeside(t, "arm: true\n")
	edge(t, 0, "reference", "add", set, filepath.Join(photos, "references"))
	out, _ := edge(t, 0, "reference", "add", set, "--bad", labelled)
	if !strings.Contains(out, "defects are named by") {
		t.Errorf("reference add says\n%s", out)
	}
	if list, _ := edge(t, 0, "reference", "list", set); strings.Count(list, "bad: scratch") != 3 {
		t.Errorf("reference list says\n%s", list)
	}
	bad := filepath.Join(photos, "bad")
	all := scoresOf(t, "--prompts", set, bad)
	right, wrong, unnamed := rightNames(all)
	t.Logf("%d right, %d wrong, %d without a name", right, wrong, unnamed)
	if right*10 < len(all)*8 {
		t.Errorf("%d of %d names are right, %d wrong", right, len(all), wrong)
	}
	by := map[string]scored.Result{}
	for _, s := range all {
		by[stem(s.Picture)] = s
		if s.Likeliest != "" && (s.LikelyBy != verdict.ByLabels || s.LikelyShare < 0.5 || s.LikelyShare > 1) {
			t.Errorf("%s: named by %s with a share of %v", s.Picture, s.LikelyBy, s.LikelyShare)
		}
	}
	// Event, table and page say what score says.
	one := filepath.Join(bad, "scratch")
	results, printed := inspected(t, configure(t, one, "    prompts: "+set+"\n    hold_off: 0s\n    health: {learn: 0s}\n    fail_frames: 1\n    of_frames: 1\n"))
	for _, r := range results {
		s, name := by[stem(r.Frame.Name)], r.Name()
		if s.Picture == "" || r.Likeliest != s.Likeliest || r.LikelyBy != string(s.LikelyBy) || r.Severity != string(s.Severity) {
			t.Errorf(`the event names %+v, score %+v; want s.Picture != "", r.Likeliest == s.Likeliest, r.LikelyBy == string(s.LikelyBy), r.Severity == string(s.Severity)`, name, s)
		}
		if r.Verdict == "FAIL" && !strings.Contains(printed, name.Text()) {
			t.Errorf("run prints no %q:\n%s", name.Text(), printed)
		}
	}
	if table, _ := edge(t, 0, "score", "--prompts", set, one); strings.Contains(table, "likely") {
		t.Errorf("score calls a learned name likely:\n%s", table)
	}
}

// Labels that say nothing give no names, and the text does not step in.
func TestLabelsThatCannotBeToldApartGiveNoNames(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	bad := frames(t, "testline://?fps=0&seed=3&defect_rate=1", 8)
	set := setBeside(t, "arm: true\n")
	edge(t, 0, "reference", "add", set, frames(t, "testline://?fps=0&seed=1&defect_rate=0", 3))
	files, err := filepath.Glob(filepath.Join(bad, "*.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	edge(t, 0, append([]string{"reference", "add", set, "--kind", "one"}, files[0], files[2], files[4])...)
	if out, _ := edge(t, 0, "reference", "add", set, "--kind", "two", files[1], files[3], files[5]); !strings.Contains(out, "the kinds cannot be told apart") {
		t.Errorf("reference add says\n%s", out)
	}
	for _, s := range scoresOf(t, "--prompts", set, bad) {
		if s.Likeliest != "" || s.LikelyBy != "" || s.Severity != "" {
			t.Errorf(`%s is named %s, %s by %s; want s.Likeliest == "", s.LikelyBy == "", s.Severity == ""`, s.Picture, s.Likeliest, s.Severity, s.LikelyBy)
		}
		for _, p := range s.Places {
			if p.Class != "" || !strings.HasPrefix(p.Text(), "defect, ") {
				t.Errorf("a place is %s", p.Text())
			}
		}
	}
	if table, _ := edge(t, 0, "score", "--prompts", set, bad); !strings.Contains(table, "defect") {
		t.Errorf("score says\n%s", table)
	}
}

func TestEvalValidatesNames(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	const lot = "cmd/edge/testdata/lots/rug-0"
	photos, labelled := labelledParts(t)
	out, _ := edge(t, 0, "eval", "--good", filepath.Join(photos, "good"), "--bad", labelled, "--bad", filepath.Join(photos, "bad"), "--references", "1", "--format", "json")
	var r report.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	n := r.Names
	if n == nil || n.By != "text" || n.Labelled == nil || n.Labelled.Labels != 5 || n.Labelled.Draws < 10 {
		t.Fatalf(`names: %+v; want n != nil, n.By == "text", n.Labelled != nil, n.Labelled.Labels == 5, n.Labelled.Draws >= 10`, n)
	}
	if n.Labelled.Right < 0.7 || n.Labelled.Right < n.Set.Right {
		t.Errorf("%.2f right by labels, %.2f by text", n.Labelled.Right, n.Set.Right)
	}
	for _, c := range n.Labelled.Kinds {
		sum := 0
		for _, times := range c.As {
			sum += times
		}
		if sum != c.N*n.Labelled.Draws {
			t.Errorf("%s: %d names for %d pictures in %d draws", c.Kind, sum, c.N, n.Labelled.Draws)
		}
	}
	// Of three pictures a kind none can be left out.
	few, _ := edge(t, 0, "eval", "--good", lot+"/good", "--bad", lot+"/bad", "--references", "3")
	if !strings.Contains(few, "NAMED BY THE SET'S TEXT") || strings.Contains(few, "LABELS A KIND") {
		t.Errorf("eval prints\n%s", few)
	}
}

// A program that asked for JSON gets it also where the thresholds are refused.
func TestCalibrateRefusesInJSON(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	good, bad := frames(t, "testline://?fps=0&seed=1&defect_rate=0", 3), frames(t, "testline://?fps=0&seed=3&defect_rate=1", 2)
	out, errs := edge(t, 1, "calibrate", setBeside(t, ""), "--good", good, "--bad", bad, "--target", "overkill<=0.1%", "--format", "json")
	var refused struct{ Set, Refused string }
	if err := json.Unmarshal([]byte(out), &refused); err != nil || refused.Refused == "" || !strings.Contains(errs, refused.Refused) {
		t.Errorf(`%v: %s%s; want err == nil, refused.Refused != "", strings.Contains(errs, refused.Refused)`, err, out, errs)
	}
}
