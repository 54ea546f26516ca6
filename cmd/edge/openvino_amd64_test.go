package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pristine/infer"
	"pristine/internal/need"
	"pristine/internal/untar"
)

// withOpenVINO is the environment of a process whose ONNX Runtime has the
// OpenVINO provider: an accelerator's whole way (placement, parity gate,
// hand-over) on the CPU that runs the tests.
func withOpenVINO(t *testing.T) []string {
	t.Helper()
	library, err := filepath.Abs(".deps/openvino/libonnxruntime.so")
	if err == nil {
		_, err = os.Stat(library)
	}
	if err != nil {
		t.Fatalf("%v: run scripts/setup.sh test", err)
	}
	return []string{infer.LibraryVariable + "=" + library}
}

func TestAnEngineOfOpenVINOProvesItself(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	env := withOpenVINO(t)
	build := func(bundle string) string {
		c, out := process(t, env, "model", "build", bundle, "--provider", "openvino", "--cache-dir", t.TempDir())
		if err := c.Wait(); err != nil {
			t.Fatalf("%v: %s", err, out.String())
		}
		for _, want := range []string{"runs on openvino after", "OpenVINOExecutionProvider", "cosine to the CPU on"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("build does not say %q: %s", want, out.String())
			}
		}
		return out.String()
	}
	if out := build("models/pocket"); !strings.Contains(out, "that of their patches:") {
		t.Errorf("the patches were not compared: %s", out)
	}
	for _, name := range []string{"clip", "clip-gelu", "siglip"} {
		build(untar.Gzip(t, exports+name+".tar.gz"))
	}
}

func TestTheCPUServesWhileOpenVINOBuildsAndHandsOver(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	c, out := process(t, withOpenVINO(t), "run", "--config",
		configure(t, "testline://?fps=20", "model: {providers: [openvino, cpu], policy: fallback}\nhttp: {listen: '127.0.0.1:0'}\n"))
	until(t, "the page", out, func() bool { return pageAt.MatchString(out.String()) })
	page := pageAt.FindStringSubmatch(out.String())[1]
	until(t, "the hand-over", out, func() bool { return statusOf(t, page).Model.Provider == "openvino" })
	scored := statusOf(t, page).Cameras[0].Scored
	until(t, "frames after it", out, func() bool { return statusOf(t, page).Cameras[0].Scored > scored+5 })
	if m := statusOf(t, page).Model; m.State != string(infer.Ready) {
		t.Errorf("%+v", m)
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestADeviceThatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	c, out := process(t, withOpenVINO(t), "model", "build", "models/pocket", "--provider", "openvino:NPU", "--cache-dir", t.TempDir())
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != exitFailed || !strings.Contains(out.String(), "openvino:NPU: the OpenVINO provider does not start on its NPU") {
		t.Errorf("exit code %d: %s", code, out.String())
	}
}
