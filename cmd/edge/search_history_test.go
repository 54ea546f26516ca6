package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/capture/opencv"
	"pristine/internal/finder"
	"pristine/internal/need"
)

// What a running agent has seen is found by a text and by a picture, with its
// event, its verdict and its thumbnail; results that come later are found
// later.
func TestSearch_History(t *testing.T) {
	need.NoRaceDetector(t)
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("XDG_CACHE_HOME", "")
	photos := filepath.Join(dir, "photos")
	edge(t, 0, "testline", photos, "--parts", "12", "--seed", "4", "--defect-rate", "0.5", "--references", "2")
	config := filepath.Join(dir, "edge.yaml")
	text := fmt.Sprintf("cameras: [{name: folder, source: 'testline://?fps=0&speed=240&seed=4&parts=12&defect_rate=0.5', prompts: configs/prompts/flange.yaml, policy: every, parts_only: true}]\nevents: {dir: %s/events, listen: '127.0.0.1:0'}\n", dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	// The agent's camera ends, and with it the agent: its store is opened again
	// as it lies, by an agent whose camera is silent.
	edge(t, 0, "run", "--config", config)
	if err := os.WriteFile(config, []byte(strings.Replace(text, "testline://?fps=0&speed=240&seed=4&parts=12&defect_rate=0.5", "http://127.0.0.1:9/none", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var out, errs buffer
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"run", "--config", config}, &out, &errs) }()
	defer func() { cancel(); <-code }()
	until(t, "the agent", &out, func() bool { return listening.MatchString(out.String()) })
	find := func(query string, more ...string) finder.Found {
		t.Helper()
		out, _ := edge(t, 0, append([]string{"search", query, "--in", "history", "--history", filepath.Join(dir, "events", "history"), "--format", "json"}, more...)...)
		var f finder.Found
		if err := json.Unmarshal([]byte(out), &f); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return f
	}
	sheet := filepath.Join(dir, "sheet.png")
	f := find("a scratched metal flange", "--top", "4", "--sheet", sheet)
	if f.Pictures != 12 || len(f.Hits) != 4 || f.Hits[0].Cosine < f.Hits[3].Cosine {
		t.Fatalf("%+v; want f.Pictures == 12, len(f.Hits) == 4, f.Hits[0].Cosine >= f.Hits[3].Cosine", f)
	}
	for _, h := range f.Hits {
		if h.Seen == nil || h.Seen.Event == "" || h.Seen.Camera != "folder" || !strings.HasPrefix(h.Seen.Part, "flange-") || h.Seen.Time.IsZero() {
			t.Errorf(`%+v; want h.Seen != nil, h.Seen.Event != "", h.Seen.Camera == "folder", strings.HasPrefix(h.Seen.Part, "flange-"), not h.Seen.Time.IsZero()`, h)
		}
	}
	if _, width, _, err := opencv.DecodeFile(sheet); err != nil || width != 1020 {
		t.Errorf("a sheet %d wide, %v", width, err)
	}
	bad, err := filepath.Glob(filepath.Join(photos, "bad", "*", "*.jpg"))
	if err != nil || len(bad) == 0 {
		t.Fatalf("got bad %+v, err %+v; want err == nil, len(bad) != 0", bad, err)
	}
	if f := find(bad[0]); f.Pictures != 12 || f.Hits[0].Cosine < 0.8 {
		t.Errorf("the nearest to a picture of the same line: %+v", f.Hits[0])
	}
	table, _ := edge(t, 0, "search", "dust", "--in", "history", "--history", filepath.Join(dir, "events", "history"))
	for line := range strings.Lines(table) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if !strings.Contains(table, "12 of 12 results.") {
		t.Error(table)
	}
}
