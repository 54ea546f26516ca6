package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/assets"
	"pristine/internal/need"
)

// Started in a folder that holds nothing, every command finds what comes with
// the program, and a configuration finds what lies beside it.
func TestCommands_WorkFromAnyFolder(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	repository, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	part := t.TempDir()
	write := func(name string, data []byte) string {
		t.Helper()
		file := filepath.Join(part, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	read := func(file string) []byte {
		t.Helper()
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	picture := write("belt/one.png", read("models/pocket/golden/picture-0.png"))
	write("photos/good/one.png", read("models/pocket/golden/picture-0.png"))
	write("photos/bad/two.png", read("models/pocket/golden/picture-1.png"))
	set := write("sets/own.yaml", read("configs/prompts/flange.yaml"))
	config := write("edge.yaml", []byte("cameras: [{name: a, source: belt, policy: every, prompts: sets/own.yaml}]\nevents: {dir: store, listen: \"127.0.0.1:0\"}\n"))
	for _, args := range [][]string{
		{"version"}, {"--help"}, {"check", config}, {"check", "configs/edge.yaml", "configs/demo.yaml", "configs/prompts/flange.yaml"},
		{"config", "explain", "learn_parts", "--config", config}, {"config", "diff", config}, {"config", "schema"},
		{"run", "--config", config}, {"record", "--config", config, "--out", filepath.Join(part, "recording"), "--for", "5s"},
		{"score", picture}, {"score", picture, "--prompts", set}, {"score", picture, "--prompts", "configs/prompts/flange.yaml"},
		{"eval", "--data", filepath.Join(part, "photos")}, {"embed", "text", "a flange"}, {"prompts", "lint", set},
		{"prompts", "lint", "configs/prompts/flange.yaml"}, {"prompts", "explain", set, picture}, {"search", "a flange", "--in", filepath.Join(part, "photos")},
		{"model", "show", "models/pocket"}, {"model", "verify", "models/pocket"}, {"model", "list"}, {"embed", "image", picture}, {"camera", "list"},
		{"camera", "health", "testline://?fps=20", "--for", "2s"}, {"camera", "preview", "testline://", "--after", "100ms", "--png", filepath.Join(part, "frame.png")},
		{"testline", filepath.Join(part, "lot"), "--parts", "12"}, {"prompts", "rank", "configs/prompts/flange.yaml", "--data", filepath.Join(part, "photos")},
		{"reference", "add", set, filepath.Join(part, "photos", "good")}, {"reference", "list", set}, {"bench", "--frames", "8"}, {"camera", "probe", "testline://", "--for", "100ms"},
	} {
		t.Run(strings.Join(args[:min(2, len(args))], " "), func(t *testing.T) {
			empty := t.TempDir()
			command := exec.CommandContext(t.Context(), os.Args[0], args...)
			command.Dir = empty
			command.Env = append(os.Environ(), asEdge+"=1", assets.Variable+"="+repository)
			out, err := command.CombinedOutput()
			if err != nil {
				t.Errorf("%v: %s", err, out)
			}
			if strings.Join(args, " ") == "model list" && !strings.Contains(string(out), "pocket") {
				t.Errorf("got %s, want the bundle that comes with the program", out)
			}
			if left, _ := os.ReadDir(empty); len(left) > 0 {
				t.Errorf("it leaves %v in the working directory", left)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(part, "store")); err != nil {
		t.Errorf("events.dir: %v, want it beside the configuration", err)
	}
}
