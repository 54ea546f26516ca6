package cprogram

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Compile builds a file of this name with these flags of gcc, and returns its path.
func Compile(t testing.TB, source, name string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	file, path := filepath.Join(dir, "source.c"), filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gcc", append(flags, "-o", path, file)...).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v: %s", err, out)
	}
	return path
}

// Run returns what a program says.
func Run(t testing.TB, source string) string {
	t.Helper()
	out, err := exec.Command(Compile(t, source, "program")).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
