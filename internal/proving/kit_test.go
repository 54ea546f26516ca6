package proving

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/need"
	"pristine/internal/untar"
)

// kit makes a small kit with the CPU's ONNX Runtime, in a folder that it was moved to.
func kit(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	made, moved := filepath.Join(dir, "made"), filepath.Join(dir, "moved elsewhere")
	c := exec.Command("python3", "../../scripts/gpu_kit.py", made, "--libraries", "../../.deps/onnxruntime/lib", "--preset", "0")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.Rename(made, moved); err != nil {
		t.Fatal(err)
	}
	return moved
}

// proof runs the kit with the CPU in the GPU's place, and returns the JSON that it
// leaves, what it prints, and its exit code.
func proof(t *testing.T, kit string, args ...string) (result map[string]any, printed string, code int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "gpu.json")
	c := exec.Command("python3", append([]string{filepath.Join(kit, "gpu.py"), "--out", file, "--providers", "cpu", "--each", "0.05", "--batches", "1,4"}, args...)...)
	c.Dir = t.TempDir()
	out, _ := c.CombinedOutput()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := json.Unmarshal(data, &result); err != nil {
		t.Fatal(err)
	}
	return result, string(out), c.ProcessState.ExitCode()
}

func TestKit_ProvesAndMeasuresWithTheCPUInTheGPUsPlace(t *testing.T) {
	need.NoRaceDetector(t)
	kit := kit(t)
	exports := t.TempDir()
	place := func(model, archive string) {
		t.Helper()
		if err := os.Symlink(untar.Gzip(t, "../../infer/testdata/exports/"+archive+".tar.gz"), filepath.Join(exports, model)); err != nil {
			t.Fatal(err)
		}
	}
	place("right-fp32", "clip")
	place("right-fp16", "clip")
	result, printed, code := proof(t, kit, "--models", "pocket,right", "--exports", exports)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, printed)
	}
	for _, step := range result["steps"].([]any) {
		if failed := step.(map[string]any)["failed"]; failed != nil {
			t.Errorf("%v", step)
		}
	}
	results := result["results"].([]any)
	if len(results) != 3 {
		t.Fatalf("%d results, want the built-in bundle's and two precisions': %s", len(results), printed)
	}
	for _, r := range results {
		r := r.(map[string]any)
		for _, key := range []string{"onnxruntime", "parity", "start", "speed", "peak_resident_bytes"} {
			if r[key] == nil {
				t.Errorf("%v on %v lacks %s", r["model"], r["runtime"], key)
			}
		}
	}

	// Outputs of another model are a miss, and the exit code says so.
	place("wrong-fp32", "clip")
	place("wrong-fp16", "clip-gelu")
	if result, printed, code := proof(t, kit, "--models", "wrong", "--exports", exports); code != 1 || !strings.Contains(printed, "PARITY MISSED: wrong fp16 on cpu") || len(result["parity_missed"].([]any)) != 1 {
		t.Errorf("exit code %d: %s", code, printed)
	}
	// A provider that is not there hides no other, and is not proved.
	if result, printed, code := proof(t, kit, "--models", "right", "--exports", exports, "--providers", "cuda,tensorrt-rtx,cpu"); code != 0 || len(result["results"].([]any)) != 6 || !strings.Contains(printed, "right fp32 on cuda: RuntimeError") {
		t.Errorf("exit code %d: %s", code, printed)
	}
	if _, printed, code := proof(t, kit, "--models", "right", "--exports", exports, "--providers", "cuda"); code != 1 || !strings.Contains(printed, "NO PROVIDER PROVED ITSELF") {
		t.Errorf("exit code %d: %s", code, printed)
	}
	// A step that has no time left is named.
	if _, printed, code := proof(t, kit, "--models", "right", "--exports", exports, "--budget", "0"); code != 1 || !strings.Contains(printed, "the time is spent") {
		t.Errorf("exit code %d: %s", code, printed)
	}

	parts, err := filepath.Glob(filepath.Join(kit, "libonnxruntime*.xz"))
	if err != nil || len(parts) == 0 {
		t.Fatalf("%v, %v", parts, err)
	}
	if err := os.WriteFile(parts[0], []byte("carried badly"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, printed, code := proof(t, kit, "--models", "right", "--exports", exports); code != 1 || !strings.Contains(printed, filepath.Base(parts[0])+" is damaged: carry it again") {
		t.Errorf("exit code %d: %s", code, printed)
	}
}
