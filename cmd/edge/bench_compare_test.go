package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/need"
)

func TestBench_Compare(t *testing.T) {
	need.NoRaceDetector(t)
	run := []string{"bench", "--frames", "10", "--learn", "0"}
	out, _ := edge(t, 0, append(run, "--format", "json")...)
	old := filepath.Join(t.TempDir(), "old.json")
	if err := os.WriteFile(old, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ = edge(t, 0, append(run, "--compare", old, "--max-slowdown", "900")...)
	if !strings.Contains(out, "│ pipeline ") || !strings.Contains(out, " to ") || strings.Contains(out, "not the same") {
		t.Errorf(`got out %+v; want strings.Contains(out, "│ pipeline "), strings.Contains(out, " to "), not strings.Contains(out, "not the same")`, out)
	}
	for line := range strings.Lines(out) {
		if len([]rune(strings.TrimSuffix(line, "\n"))) > 80 {
			t.Errorf("wider than 80 columns: %q", line)
		}
	}
	if _, stderr := edge(t, 2, append(run, "--compare", old+"x")...); !strings.Contains(stderr, "old.jsonx: no such file") {
		t.Error(stderr)
	}
	if _, stderr := edge(t, 2, append(run, "--max-slowdown", "5")...); !strings.Contains(stderr, "--compare FILE") {
		t.Errorf("got %q, want a hint at --compare: nothing is compared without", stderr)
	}
}
