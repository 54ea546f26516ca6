package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"pristine/infer/bundle"
	"pristine/internal/untar"
)

func read(t *testing.T, name string) *bundle.Export {
	t.Helper()
	e, err := bundle.ReadExport([]string{untar.Gzip(t, "../testdata/exports/clip.tar.gz")}, bundle.ExportOptions{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func empty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%s holds %v (%v)", dir, left, err)
	}
}

func TestABundleIsThereAsAWholeOrNotAtAll(t *testing.T) {
	root := t.TempDir()
	refused := errors.New("refused")
	if _, err := Import(read(t, "a"), root, Options{Check: func(dir string) error {
		if _, err := bundle.Open(dir); err != nil {
			t.Errorf("the check sees a bundle that is not whole: %v", err)
		}
		return refused
	}}); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	empty(t, root)
	e := read(t, "a")
	if err := os.Remove(e.Sources["tokenizer.json"]); err != nil { // gone between the two steps
		t.Fatal(err)
	}
	if _, err := Import(e, root, Options{}); err == nil {
		t.Error("a source that is gone gave no error")
	}
	empty(t, root)
	var bytes int64
	dir, err := Import(read(t, "a"), root, Options{Progress: func(_ string, n int64) { bytes += n }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.Open(dir); err != nil {
		t.Error(err)
	}
	all, err := List(root)
	if err != nil || len(all) != 1 || all[0].Bytes != bytes || all[0].Manifest.Name != "a" {
		t.Errorf(`list: %+v, %v; %d bytes were written; want err == nil, len(all) == 1, all[0].Bytes == bytes, all[0].Manifest.Name == "a"`, all, err, bytes)
	}
}

// Links, as Hugging Face's cache has, become files.
func TestImport_Links(t *testing.T) {
	for _, link := range []bool{false, true} {
		e := read(t, "a")
		for name, source := range e.Sources {
			blob := filepath.Join(t.TempDir(), "blob")
			if err := errors.Join(os.Rename(source, blob), os.Symlink(blob, source)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		dir, err := Import(e, t.TempDir(), Options{Link: link})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bundle.Open(dir); err != nil {
			t.Errorf("link %v: %v", link, err)
		}
		for name := range e.Sources {
			if info, err := os.Lstat(filepath.Join(dir, name)); err != nil || !info.Mode().IsRegular() {
				t.Errorf("link %v: %s is %v, %v; want a file", link, name, info.Mode(), err)
			}
		}
	}
}

func TestOneThatIsThereIsNeverOverwritten(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "a"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Import(read(t, "a"), root, Options{}); !errors.Is(err, ErrExists) {
		t.Errorf("got %v", err)
	}
}

func TestRemoveTakesAwayBundlesOnly(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "precious"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", ".", "..", "a/b", "/etc", ".hidden", "a b"} {
		if err := Remove(root, name); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"precious", "absent"} {
		if err := Remove(root, name); err == nil {
			t.Errorf("%q was removed", name)
		}
	}
	if _, err := Import(read(t, "a"), root, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := Remove(root, "a"); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(root); len(left) != 1 || left[0].Name() != "precious" {
		t.Errorf("left is %v", left)
	}
}

func TestADamagedManifestIsListedWithItsError(t *testing.T) {
	root := t.TempDir()
	dir, err := Import(read(t, "a"), root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bundle.yaml"), []byte("name: 3\nunknown: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := List(root)
	if err != nil || len(all) != 1 || all[0].Err == nil {
		t.Errorf("list: %+v, %v; want err == nil, len(all) == 1, all[0].Err != nil", all, err)
	}
	if none, err := List(filepath.Join(root, "absent")); err != nil || none != nil {
		t.Errorf("a folder that is not there: %v, %v", none, err)
	}
}
