package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pristine/agent/bench"
	"pristine/internal/need"
)

func TestBench_StagesAndCameras(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	video := filepath.Join(t.TempDir(), "v.mp4")
	if out, err := exec.Command("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=640x480:rate=10:duration=1", "-pix_fmt", "yuv420p", video).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	// More frames than the video has: it begins again.
	out, _ := edge(t, 0, "bench", "--source", video, "--frames", "12", "--cameras", "2", "--format", "json")
	var r bench.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Stages) != 6 || len(r.CameraFPS) != 2 || r.Width != 640 || r.References != 4 {
		t.Errorf("%+v; want len(r.Stages) == 6, len(r.CameraFPS) == 2, r.Width == 640, r.References == 4", r)
	}
	for _, s := range r.Stages {
		if s.MS <= 0 {
			t.Errorf("stage %s took no time", s.Name)
		}
	}
	// Both cameras get their share: neither waits for the other to end.
	if a, b := r.CameraFPS[0], r.CameraFPS[1]; min(a, b) < max(a, b)/2 {
		t.Errorf("one camera starves: %v", r.CameraFPS)
	}
	if r.BareSessionFPS <= 0 || r.PipelineFPS <= 0 || r.AgeMilliseconds.Median <= 0 || r.AgeMilliseconds.P99 < r.AgeMilliseconds.Median {
		t.Errorf("%+v; want r.BareSessionFPS > 0, r.PipelineFPS > 0, r.AgeMilliseconds.Median > 0, r.AgeMilliseconds.P99 >= r.AgeMilliseconds.Median", r)
	}
	if r.Stages[5].Name != "result, 0% FAIL" || r.ResultMS <= 0 || r.FailShare != 0 {
		t.Errorf(`results of PASS alone: %+v; want r.Stages[5].Name == "result, 0%% FAIL", r.ResultMS > 0, r.FailShare == 0`, r)
	}
	// FAIL has two pictures and their evidence on the disk beside the event.
	out, _ = edge(t, 0, "bench", "--source", video, "--frames", "12", "--fail", "1", "--format", "json")
	var failing bench.Report
	if err := json.Unmarshal([]byte(out), &failing); err != nil {
		t.Fatal(err)
	}
	if failing.Stages[5].Name != "result, 100% FAIL" || failing.ResultMS <= r.ResultMS {
		t.Errorf("a FAIL took %v ms to store, a PASS %v", failing.ResultMS, r.ResultMS)
	}
	if _, stderr := edge(t, 2, "bench", "--fail", "1.5"); !strings.Contains(stderr, "--fail between 0 and 1") {
		t.Error(stderr)
	}
	table := filepath.Join(t.TempDir(), "table.png")
	if err := os.WriteFile(table, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr := edge(t, 1, "bench", "--source", table, "--frames", "1"); !strings.Contains(stderr, "returns no usable frame: ") {
		t.Error(stderr)
	}
	out, _ = edge(t, 0, "bench", "--frames", "1", "--learn", "0")
	for line := range strings.Lines(out) {
		if len([]rune(strings.TrimSuffix(line, "\n"))) > 80 {
			t.Errorf("wider than 80 columns: %q", line)
		}
	}
	if _, stderr := edge(t, 2, "bench", "--source", "rtps://cam", "--bundle", t.TempDir()); !strings.Contains(stderr, `unknown scheme "rtps"`) {
		t.Errorf("an address with a mistake must be refused before the bundle is opened: %s", stderr)
	}
	if _, stderr := edge(t, 2, "bench", "--source", "nowhere.mp4"); !strings.Contains(stderr, "nowhere.mp4: no such file") {
		t.Error(stderr)
	}
}
