package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/assets"
)

// With a provider installed, the program starts itself once more with its folder on
// the loader's path, finds the ONNX Runtime in it, and does its work.
func TestProvider_IsFoundAtTheStart(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	dir := filepath.Join(home, assets.Providers, "tensorrt")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	library, err := filepath.EvalSymlinks(".deps/onnxruntime/lib/libonnxruntime.so")
	if err == nil {
		library, err = filepath.Abs(library)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, link := range map[string]string{"libonnxruntime.so": library, "installed.json": library} {
		if err := os.Symlink(link, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	c, out := process(t, []string{assets.Variable + "=" + home}, "version")
	if err := c.Wait(); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	if !strings.Contains(out.String(), filepath.Join(dir, "libonnxruntime.so")) {
		t.Errorf("version says %s", out.String())
	}
	// A loader that drops the path, as it does for a program with capabilities.
	c, out = process(t, []string{assets.Variable + "=" + home, "PRISTINE_LOADER=" + dir, "LD_LIBRARY_PATH="}, "version")
	if err := c.Wait(); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
}
