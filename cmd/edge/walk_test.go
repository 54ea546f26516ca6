package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pristine/prompts"
)

// The README's walk works word for word, by a shell and the real program.
func TestTheWalkOfTheREADME(t *testing.T) {
	measures(t)
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	walk := regexp.MustCompile("(?s)## Tune a station\n.*?```bash\n(.*?)```").FindSubmatch(readme)
	if walk == nil {
		t.Fatal("README.md has no commands under \"Tune a station\"")
	}
	dir := t.TempDir()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	// bin/edge is this very binary: building another would take longer than the
	// walk.
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	program := fmt.Sprintf("#!/bin/sh\n%s=1 exec %q \"$@\"\n", asEdge, os.Args[0])
	if err := os.WriteFile(filepath.Join(dir, "bin", "edge"), []byte(program), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"models", "configs", ".deps"} { // a clean clone that was set up
		if err := os.Symlink(filepath.Join(root, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	shell := exec.Command("bash", "-euo", "pipefail", "-c", string(walk[1]))
	shell.Dir = dir
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	for _, want := range []string{"my-part.yaml: no warnings", "the set is armed: validated on ", "my-part.yaml: armed: validated on ", "FAIL    c        bad/", "INVALID 0  dropped 0"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is missing:\n%s", want, out)
		}
	}
	set, err := prompts.Load(filepath.Join(dir, "my-part.yaml"))
	if err != nil || set.Validation == nil || !set.Validation.Passed || set.Calibration == nil {
		t.Errorf("%+v, %v", set, err)
	}
	if page, err := os.ReadFile(filepath.Join(dir, "report.html")); err != nil || !strings.Contains(string(page), "my-part") {
		t.Errorf("report.html: %v", err)
	}
}

// calibrate writes into the set without losing its comments, refuses what the
// data cannot support, and writes nothing with --dry-run.
func TestCalibrateKeepsCommentsAndRefuses(t *testing.T) {
	measures(t)
	photos := filepath.Join(t.TempDir(), "photos")
	edge(t, 0, "testline", photos, "--parts", "30", "--seed", "4", "--defect-rate", "0.4", "--references", "2")
	set := filepath.Join(t.TempDir(), "set.yaml")
	const text = "# mine\nname: x # the name\nobject: metal flange\n\ndefects:\n  d: {prompts: [\"damaged {}\", \"scratched {}\"]} # all\n"
	if err := os.WriteFile(set, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	calibrate := func(code int, more ...string) string {
		t.Helper()
		stdout, stderr := edge(t, code, append([]string{"calibrate", set, "--data", photos}, more...)...)
		return stdout + stderr
	}
	if out := calibrate(1, "--target", "overkill<=1%"); !strings.Contains(out, "takes at least 299 good pictures without a single error: there are ") {
		t.Error(out)
	}
	if out := calibrate(2, "--target", "overkill<1"); !strings.Contains(out, "such as overkill<=1%") {
		t.Error(out)
	}
	out := calibrate(0, "--target", "overkill<=30%", "--dry-run")
	for line := range strings.Lines(out) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if data, _ := os.ReadFile(set); string(data) != text {
		t.Errorf("--dry-run wrote:\n%s", data)
	}
	calibrate(0, "--target", "overkill<=30%", "--format", "json")
	data, err := os.ReadFile(set)
	if err != nil || !strings.HasPrefix(string(data), strings.TrimSuffix(text, "\n")) {
		t.Errorf("the file lost something:\n%s", data)
	}
	if _, stderr := edge(t, 2, "testline", photos); !strings.Contains(stderr, "is there already") {
		t.Error(stderr)
	}
}
