package main

import (
	"encoding/json"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pristine/internal/need"
	"pristine/internal/pictures"
	"pristine/internal/scored"

	"pristine/capture/opencv"
	"pristine/evaluate/report"
)

func TestRankAndExplain(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	photos := filepath.Join(t.TempDir(), "photos")
	edge(t, 0, "testline", photos, "--parts", "12", "--seed", "4", "--defect-rate", "0.5", "--references", "2")
	const set = "configs/prompts/flange.yaml"
	out, _ := edge(t, 0, "prompts", "rank", set, "--data", photos, "--format", "json")
	var r report.Ranking
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if r.Good+r.Bad != 10 || len(r.Prompts) < 10 || len(r.Candidate) < 3 || r.AUROC < 0.8 {
		t.Errorf("%+v; want r.Good+r.Bad == 10, len(r.Prompts) >= 10, len(r.Candidate) >= 3, r.AUROC >= 0.8", r)
	}
	for i, e := range r.Prompts {
		if i > 0 && e.AUROC > r.Prompts[i-1].AUROC || e.AUROC < e.Interval[0]-1e-9 || e.AUROC > e.Interval[1]+1e-9 {
			t.Errorf("%d: %+v; want not i > 0 && e.AUROC > r.Prompts[i-1].AUROC, e.AUROC >= e.Interval[0]-1e-9, e.AUROC <= e.Interval[1]+1e-9", i, e)
		}
	}
	table, _ := edge(t, 0, "prompts", "rank", set, "--data", photos)
	drawing := filepath.Join(t.TempDir(), "map.png")
	references, err := pictures.List(filepath.Join(photos, "references"))
	if err != nil {
		t.Fatal(err)
	}
	picture := references.Files[0]
	text, _ := edge(t, 0, "prompts", "explain", set, picture, "--references", filepath.Join(photos, "references"), "--map", drawing)
	for _, want := range []string{"P(defect)", "TEXTS AGAINST IT", "TEXTS FOR IT", "NEAREST REFERENCES", "100 %", "map: ", "Compared at detail 3: 10 encodes a frame", "Texts count by text_weight: auto, and good references score no better by text", "standard deviations of good parts"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
	sum := regexp.MustCompile(`References ([\d.-]+) \+ texts ([\d.-]+) = ([\d.-]+) `).FindStringSubmatch(text)
	if sum == nil {
		t.Fatalf("no sum is shown:\n%s", text)
	}
	var parts [3]float64
	for i := range parts {
		if parts[i], err = strconv.ParseFloat(sum[i+1], 64); err != nil {
			t.Fatal(err)
		}
	}
	if math.Abs(parts[0]+parts[1]-parts[2]) > 0.002 {
		t.Errorf("%s does not add up", sum[0])
	}
	for line := range strings.Lines(table + text) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 && !strings.HasPrefix(line, "map: ") {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if _, width, height, err := opencv.DecodeFile(drawing); err != nil || width != 900 || height <= 900 { // the legend stands below
		t.Errorf("a map of %d×%d, %v; want err == nil, width == 900, height > 900", width, height, err)
	}
	out, _ = edge(t, 0, "prompts", "explain", set, picture, "--format", "json")
	var x scored.Explanation
	if err := json.Unmarshal([]byte(out), &x); err != nil || len(x.Texts) < 12 || x.Verdict == "" || x.Texts[0].Cosine < x.Texts[1].Cosine {
		t.Errorf(`%v: %s; want err == nil, len(x.Texts) >= 12, x.Verdict != "", x.Texts[0].Cosine >= x.Texts[1].Cosine`, err, out)
	}
	if len(x.References) != 0 {
		t.Errorf("the set keeps no references, and yet: %+v", x.References)
	}
	kept := setBeside(t, "")
	edge(t, 0, "reference", "add", kept, filepath.Join(photos, "references"))
	out, _ = edge(t, 0, "prompts", "explain", kept, picture, "--format", "json")
	if err := json.Unmarshal([]byte(out), &x); err != nil || len(x.References) != 2 || x.References[0].File != filepath.Base(picture) || x.References[0].Share < 0.99 {
		t.Errorf("of those kept beside the set %+v is nearest, %v; want err == nil, len(x.References) == 2, x.References[0].File == filepath.Base(picture), x.References[0].Share >= 0.99", x.References, err)
	}
	if _, stderr := edge(t, 1, "prompts", "explain", set, "README.md"); !strings.Contains(stderr, "not a usable picture") {
		t.Error(stderr)
	}
}
