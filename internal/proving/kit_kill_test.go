package proving

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pristine/internal/need"
	"pristine/internal/untar"
)

// Whenever gpu.py is killed, its file is whole and names the step that did not end, no
// program of it goes on, and --resume measures only what is missing.
func TestKit_KilledAtAnyMomentLeavesItsFileWholeAndIsResumed(t *testing.T) {
	need.NoRaceDetector(t)
	kit, exports := kit(t), t.TempDir()
	for _, precision := range []string{"fp32", "fp16"} {
		if err := os.Symlink(untar.Gzip(t, "../../infer/testdata/exports/clip.tar.gz"), filepath.Join(exports, "right-"+precision)); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "gpu.json")
	args := []string{filepath.Join(kit, "gpu.py"), "--out", file, "--providers", "cpu", "--batches", "1,4", "--models", "pocket,right", "--exports", exports}
	for i, moment := range []struct {
		step string
		kill syscall.Signal
	}{
		{"join the parts and check their hashes", syscall.SIGKILL},
		{"pocket int8 on cpu", syscall.SIGTERM},
		{"right fp16 on cpu", syscall.SIGKILL},
	} {
		// Each batch takes a second, so that a step lasts when it is killed.
		c := exec.Command("python3", append(args, "--each", "1", "--resume")...)
		var printed bytes.Buffer
		c.Stdout, c.Stderr = &printed, &printed
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		await(t, "the step "+moment.step, func() bool { return notEnded(t, file) == moment.step && (i == 0 || measuring(t, kit)) })
		if err := c.Process.Signal(moment.kill); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); err == nil {
			t.Fatalf("it ended well: %s", &printed)
		}
		if got := notEnded(t, file); got != moment.step {
			t.Errorf("%q did not end, want %q: %s", got, moment.step, &printed)
		}
		await(t, "the end of its programs", func() bool { return !measuring(t, kit) })
	}
	result, printed, code := proofIn(t, file, kit, "--models", "pocket,right", "--exports", exports, "--resume")
	if results := result["results"].([]any); code != 0 || len(results) != 3 || notEnded(t, file) != "" || !strings.Contains(printed, "pocket int8 on cpu: done before") || strings.Contains(printed, "right fp16 on cpu: done before") {
		t.Errorf(`exit code %d: %s; want code == 0, len(results) == 3, notEnded(t, file) == "", strings.Contains(printed, "pocket int8 on cpu: done before"), not strings.Contains(printed, "right fp16 on cpu: done before")`, code, printed)
	}
}

// notEnded returns the step that gpu.json says did not end; the file is JSON at all times.
func notEnded(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return ""
	}
	var result struct {
		Steps []struct{ Step, Failed string }
	}
	if err == nil {
		err = json.Unmarshal(data, &result)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	for _, s := range result.Steps {
		if s.Failed == "did not end" {
			return s.Step
		}
	}
	return ""
}

// measuring reports whether gpucheck of a kit runs.
func measuring(t *testing.T, kit string) bool {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		if data, err := os.ReadFile(line); err == nil && strings.HasPrefix(string(data), filepath.Join(kit, "gpucheck")+"\x00") {
			return true
		}
	}
	return false
}

func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no sign of %s", what)
		}
	}
}
