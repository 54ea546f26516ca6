package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A second eval reads all that the first one wrote, writes nothing, and prints the same;
// --no-cache neither reads nor writes.
func TestEval_EncodesAPhotoOnce(t *testing.T) {
	t.Parallel()
	eval := func(cache string, more ...string) string {
		t.Helper()
		args := append([]string{"eval", "--data", "cmd/edge/testdata/lots/bearing-0", "--references", "2", "--format", "json"}, more...)
		c, out := process(t, []string{"XDG_CACHE_HOME=" + cache}, args...)
		if err := c.Wait(); err != nil {
			t.Fatalf("%v: %s", err, out.String())
		}
		return out.String()
	}
	kept := func(cache string) map[string]time.Time {
		all := map[string]time.Time{}
		err := filepath.WalkDir(filepath.Join(cache, "pristine", "pictures"), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				info, err := d.Info()
				if err != nil {
					return err
				}
				all[path] = info.ModTime()
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		return all
	}
	cache, none := t.TempDir(), t.TempDir()
	first := eval(cache)
	wrote, old := kept(cache), time.Now().Add(-24*time.Hour)
	if len(wrote) == 0 {
		t.Fatal("nothing was kept")
	}
	for file := range wrote {
		if err := os.Chtimes(file, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if again := eval(cache); again != first {
		t.Errorf("got %s again, at first %s", again, first)
	}
	read := kept(cache)
	for file, used := range read {
		if _, was := wrote[file]; !was || used.Sub(old) < time.Hour {
			t.Errorf("%s: written anew, or not read", file)
		}
	}
	if without := eval(none, "--no-cache"); without != first || len(kept(none)) > 0 {
		t.Errorf("--no-cache kept %d files, and printed %s", len(kept(none)), without)
	}
}
