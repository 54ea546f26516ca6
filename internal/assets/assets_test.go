package assets

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFind_Order(t *testing.T) {
	work, home := t.TempDir(), t.TempDir()
	t.Chdir(work)
	t.Setenv(Variable, home)
	write := func(path string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const name = "configs/prompts/of-this-test.yaml"
	if got := Find(name); got != name {
		t.Errorf("nowhere: got %s, want the path as it was given", got)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{filepath.Dir(filepath.Dir(program)), filepath.Dir(program), home} {
		want := filepath.Join(at, name)
		write(want)
		defer os.RemoveAll(filepath.Join(at, "configs"))
		if got := Find(name); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	write(name)
	if got := Find(name); got != name {
		t.Errorf("in the working directory: got %s, want %s", got, name)
	}
	if got := Find("/etc/hostname"); got != "/etc/hostname" {
		t.Errorf("absolute: got %s", got)
	}
}

func TestRoots_AreDocumented(t *testing.T) {
	t.Setenv(Variable, "/opt/here")
	roots := Roots()
	want := []string{"/opt/here", "/usr/share/pristine", "/usr/lib/pristine", "/var/lib/pristine"}
	at := -1
	for _, dir := range want {
		i := slices.Index(roots, dir)
		if i <= at {
			t.Errorf("%s: got place %d in %v, want it after place %d", dir, i, roots, at)
		}
		at = i
	}
}

// docs/install.md lists the folders in the order of Roots.
func TestRoots_AreInTheInstallPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "install.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, list, found := strings.Cut(string(page), "## Where the program looks for its files\n")
	if !found {
		t.Fatal("docs/install.md has no section on where the program looks for its files")
	}
	list, _, _ = strings.Cut(list, "\n## ")
	at := -1
	for _, name := range []string{"working\ndirectory", "`$" + Variable + "`", "program's own folder, then the folder above it", "`share/pristine`, then `lib/pristine`", "`/usr/share/pristine`, then `/usr/lib/pristine`", "`/var/lib/pristine`"} {
		i := strings.Index(list, name)
		if i <= at {
			t.Errorf("docs/install.md: got %q at %d, want it after %d", name, i, at)
		}
		at = i
	}
}
