package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/need"
)

// calibrate writes into the set without losing its comments, refuses what the
// data cannot support, and writes nothing with --dry-run.
func TestCalibrateKeepsCommentsAndRefuses(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
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
