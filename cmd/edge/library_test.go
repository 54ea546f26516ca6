package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/infer"
)

// ancient is an ONNX Runtime of before the C API that the agent needs.
const ancient = `
#include <stddef.h>
#include <stdint.h>
static const void *api(uint32_t version) { return NULL; }
static const char *version(void) { return "1.10.0"; }
static const struct { const void *(*api)(uint32_t); const char *(*version)(void); } base = {api, version};
const void *OrtGetApiBase(void) { return &base; }`

// foreign is the ONNX Runtime that is loaded, said to be of another machine.
func foreign(t *testing.T) string {
	t.Helper()
	loaded, err := infer.Load("")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(loaded.Path)
	if err != nil {
		t.Fatal(err)
	}
	const machine, mips = 18, 8 // e_machine's place in an ELF header, and a value of it
	data[machine], data[machine+1] = mips, 0
	path := filepath.Join(t.TempDir(), "libonnxruntime.so")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAWrongONNXRuntimeIsAnErrorWithARemedy(t *testing.T) {
	t.Parallel()
	text := filepath.Join(t.TempDir(), "libonnxruntime.so")
	if err := os.WriteFile(text, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	const remedy = "needs ONNX Runtime 1.24 or newer"
	for name, c := range map[string]struct {
		library string
		want    []string
	}{
		"no library":              {text, []string{remedy}},
		"missing":                 {"/nowhere/libonnxruntime.so", []string{"run `make build`, or set PRISTINE_ORT_LIB"}},
		"of another architecture": {foreign(t), []string{remedy}},
		"of an old version":       {library(t, ancient), []string{remedy, "ORT API base"}},
		"another library":         {library(t, "int nothing;"), []string{remedy, "OrtGetApiBase"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, out := process(t, []string{"PRISTINE_ORT_LIB=" + c.library}, "embed", "text", "a part")
			_ = p.Wait()
			code := p.ProcessState.ExitCode()
			if code != exitFailed || strings.Count(out.String(), "\n") != 1 {
				t.Errorf("exit code %d: %s", code, out.String())
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("it does not say %q: %s", want, out.String())
				}
			}
		})
	}
}
