package wrongclock

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Overlay returns a file for the flag -overlay of go build and go test. It adds Go code to
// time.Now, which may change sec and nsec, the wall clock, and read mono, the monotonic
// one in nanoseconds.
func Overlay(t testing.TB, code string) (file string) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	const asked = "func Now() Time {\n	sec, nsec, mono := runtimeNow()\n"
	before, after, found := strings.Cut(string(text), asked)
	if !found {
		t.Fatalf("time.Now is written in another way in %s: adapt package wrongclock", source)
	}
	dir := t.TempDir()
	changed, file := filepath.Join(dir, "time.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {source: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{file: string(replace), changed: before + asked + code + after} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file
}
