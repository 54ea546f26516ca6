package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/assets"
	"pristine/internal/version"
)

func TestVersion_FlagAndHelp(t *testing.T) {
	t.Parallel()
	stdout, _ := edge(t, 0, "--version")
	if want := "edge " + version.String() + "\n"; stdout != want {
		t.Errorf("edge --version: got %q, want %q", stdout, want)
	}
	help, _ := edge(t, 0, "--help")
	if got, _ := edge(t, 0, "help"); got != help {
		t.Errorf("edge help: got %q, want the same as edge --help", got)
	}
	help, _ = edge(t, 0, "camera", "probe", "--help")
	if got, _ := edge(t, 0, "help", "camera", "probe"); got != help {
		t.Errorf("edge help camera probe: got %q, want %q", got, help)
	}
}

func TestVersion_SaysWhereEachPartWasFound(t *testing.T) {
	t.Parallel()
	repository, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	printed := func(home string) (string, error) {
		command := exec.CommandContext(t.Context(), os.Args[0], "version")
		command.Dir = t.TempDir()
		command.Env = append(os.Environ(), asEdge+"=1", assets.Variable+"="+home)
		out, err := command.CombinedOutput()
		return string(out), err
	}
	out, err := printed(repository)
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{
		"edge " + version.Number, "(" + os.Args[0] + ")\n", "(" + filepath.Join(repository, ".deps/onnxruntime/lib/libonnxruntime.so") + ")\n", "(" + filepath.Join(repository, "models/pocket") + ")\n",
		"prompt sets (" + filepath.Join(repository, "configs/prompts") + ")\n", "looked in: the working directory, " + repository + ", ",
		"cache (" + filepath.Join(os.Getenv("XDG_CACHE_HOME"), "pristine") + ")\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("got %s, want %s", out, want)
		}
	}
	// What is missing hides nothing of the rest.
	empty := t.TempDir()
	out, err = printed(empty)
	if err == nil || !strings.Contains(out, "prompt sets: none found\nlooked in: the working directory, "+empty+", ") || !strings.Contains(out, "Error: ") {
		t.Errorf("got %v, %s, want what was looked for, and an error", err, out)
	}
}
