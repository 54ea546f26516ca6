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
	return proofIn(t, filepath.Join(t.TempDir(), "gpu.json"), kit, args...)
}

// proofIn does the same with a file that may be there.
func proofIn(t *testing.T, file, kit string, args ...string) (result map[string]any, printed string, code int) {
	t.Helper()
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
		t.Errorf(`exit code %d: %s; want code == 1, strings.Contains(printed, "PARITY MISSED: wrong fp16 on cpu"), len(result["parity_missed"].([]any)) == 1`, code, printed)
	}
	// A provider that is not there hides no other, and is not proved.
	if result, printed, code := proof(t, kit, "--models", "right", "--exports", exports, "--providers", "cuda,tensorrt-rtx,cpu"); code != 0 || len(result["results"].([]any)) != 6 || !strings.Contains(printed, "right fp32 on cuda: RuntimeError") {
		t.Errorf(`exit code %d: %s; want code == 0, len(result["results"].([]any)) == 6, strings.Contains(printed, "right fp32 on cuda: RuntimeError")`, code, printed)
	}
	if _, printed, code := proof(t, kit, "--models", "right", "--exports", exports, "--providers", "cuda"); code != 1 || !strings.Contains(printed, "NO PROVIDER PROVED ITSELF") {
		t.Errorf("exit code %d: %s", code, printed)
	}
	// A step that takes too long keeps what it has.
	if result, printed, code := proof(t, kit, "--models", "right", "--exports", exports, "--each", "60", "--limit", "6"); code != 1 || !strings.Contains(printed, "right fp32 on cpu: RuntimeError: stopped after 6 s") || result["results"].([]any)[0].(map[string]any)["parity"] == nil {
		t.Errorf(`exit code %d: %s; want code == 1, strings.Contains(printed, "right fp32 on cpu: RuntimeError: stopped after 6 s"), result["results"].([]any)[0].(map[string]any)["parity"] != nil`, code, printed)
	}
	// A step that has no time left is named.
	if _, printed, code := proof(t, kit, "--models", "right", "--exports", exports, "--budget", "0"); code != 1 || !strings.Contains(printed, "the time is spent") {
		t.Errorf("exit code %d: %s", code, printed)
	}
}

// Parts that were carried badly, or not at all, are named; parts that only some
// providers need may stay behind.
func TestKit_NamesThePartsThatAreDamagedOrMissing(t *testing.T) {
	need.NoRaceDetector(t)
	kit := kit(t)
	other := filepath.Join(kit, "1", "libother.so.1.00.xz")
	data, err := os.ReadFile(filepath.Join(kit, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	more := strings.Replace(string(data), `"files": [`, `"files": [{"path": "lib/libother.so.1", "bytes": 1, "sha256": "", "parts": [{"name": "1/libother.so.1.00.xz", "sha256": "", "bytes": 1}]},`, 1)
	if err := os.WriteFile(filepath.Join(kit, "manifest.json"), []byte(more), 0o600); err != nil {
		t.Fatal(err)
	}
	if result, printed, code := proof(t, kit, "--models", "pocket"); code != 0 || !strings.Contains(printed, "not carried here: 1/libother.so.1.00.xz") || len(result["not_carried"].([]any)) != 1 {
		t.Errorf(`exit code %d, %v: %s; want code == 0, strings.Contains(printed, "not carried here: 1/libother.so.1.00.xz"), len(result["not_carried"].([]any)) == 1`, code, result["not_carried"], printed)
	}
	parts, err := filepath.Glob(filepath.Join(kit, "1", "libonnxruntime*.xz"))
	if err != nil || len(parts) == 0 {
		t.Fatalf("%v, %v", parts, err)
	}
	refused := func(says string) {
		t.Helper()
		if _, printed, code := proof(t, kit, "--models", "pocket"); code != 1 || !strings.Contains(printed, says) {
			t.Errorf("exit code %d, want %q: %s", code, says, printed)
		}
	}
	if err := os.WriteFile(other, []byte("carried badly"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused("1/libother.so.1.00.xz is damaged: carry it again")
	for _, part := range append(parts, other, filepath.Join(kit, "work")) {
		if err := os.RemoveAll(part); err != nil {
			t.Fatal(err)
		}
	}
	refused("not carried here: 1/libother.so.1.00.xz, 1/" + filepath.Base(parts[0]))
}
