package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/assets"
)

func TestVersion_SaysWhereEachPartWasFound(t *testing.T) {
	repository, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	version := func(home string) (string, error) {
		command := exec.CommandContext(t.Context(), os.Args[0], "version")
		command.Dir = t.TempDir()
		command.Env = append(os.Environ(), asEdge+"=1", assets.Variable+"="+home)
		out, err := command.CombinedOutput()
		return string(out), err
	}
	out, err := version(repository)
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{
		"(" + os.Args[0] + ")\n", "(" + filepath.Join(repository, ".deps/onnxruntime/lib/libonnxruntime.so") + ")\n", "(" + filepath.Join(repository, "models/pocket") + ")\n",
		"prompt sets (" + filepath.Join(repository, "configs/prompts") + ")\n", "looked in: the working directory, " + repository + ", ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("got %s, want %s", out, want)
		}
	}
	// What is missing hides nothing of the rest.
	empty := t.TempDir()
	out, err = version(empty)
	if err == nil || !strings.Contains(out, "prompt sets: none found\nlooked in: the working directory, "+empty+", ") || !strings.Contains(out, "Error: ") {
		t.Errorf("got %v, %s, want what was looked for, and an error", err, out)
	}
}
