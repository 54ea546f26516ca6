package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/capture/opencv"
	"pristine/internal/finder"
	"pristine/internal/need"
)

func TestSearch_FolderKeepsEmbeddings(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	photos := filepath.Join(t.TempDir(), "photos")
	edge(t, 0, "testline", photos, "--parts", "6", "--seed", "4", "--defect-rate", "0.5", "--references", "0")
	index, sheet := filepath.Join(t.TempDir(), "deep", "index"), filepath.Join(t.TempDir(), "sheet.jpg")
	find := func(query string, more ...string) finder.Found {
		t.Helper()
		out, _ := edge(t, 0, append([]string{"search", query, "--in", photos, "--index", index, "--format", "json"}, more...)...)
		var f finder.Found
		if err := json.Unmarshal([]byte(out), &f); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return f
	}
	f := find("a scratched metal flange", "--top", "4", "--sheet", sheet)
	if f.Pictures != 6 || f.Encoded != 6 || len(f.Hits) != 4 || f.Hits[0].Cosine < f.Hits[3].Cosine {
		t.Errorf("%+v; want f.Pictures == 6, f.Encoded == 6, len(f.Hits) == 4, f.Hits[0].Cosine >= f.Hits[3].Cosine", f)
	}
	for query, weak := range map[string]bool{"a scratched metal flange": false, "a red car": true} {
		if out, _ := edge(t, 0, "search", query, "--in", photos, "--index", index); strings.Contains(out, "the order says little") != weak {
			t.Errorf("%s: %s", query, out)
		}
	}
	if _, width, _, err := opencv.DecodeFile(sheet); err != nil || width != 1020 {
		t.Errorf("a sheet %d wide, %v", width, err)
	}
	picture := f.Hits[2].Name
	again := find(picture)
	if again.Encoded != 0 || again.Hits[0].Name != picture || again.Hits[0].Cosine < 0.99 {
		t.Errorf("%+v; want again.Encoded == 0, again.Hits[0].Name == picture, again.Hits[0].Cosine >= 0.99", again)
	}
	if err := os.WriteFile(filepath.Join(photos, "broken.png"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f := find("dust"); f.Pictures != 6 || len(f.LeftOut) != 1 || !strings.HasSuffix(f.LeftOut[0], "broken.png") {
		t.Errorf(`%+v; want f.Pictures == 6, len(f.LeftOut) == 1, strings.HasSuffix(f.LeftOut[0], "broken.png")`, f)
	}
	if err := os.WriteFile(index, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"not a usable index":       {"search", "x", "--in", photos, "--index", index},
		"--top must be 1 or more":  {"search", "x", "--in", photos, "--top", "0"},
		"must end in .png or .jpg": {"search", "x", "--in", photos, "--sheet", "sheet"},
		"look for is empty":        {"search", " ", "--in", photos},
		"nowhere: no such file":    {"search", "x", "--in", "nowhere"},
	} {
		if _, stderr := edge(t, 2, args...); !strings.Contains(stderr, want) {
			t.Errorf("%v: %q does not say %q", args, stderr, want)
		}
	}
}
