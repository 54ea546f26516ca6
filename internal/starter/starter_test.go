package starter

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pristine/internal/config"
	"pristine/prompts"
)

func photos(t *testing.T, n int) (files []string) {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		file := filepath.Join(dir, fmt.Sprintf("%03d.jpg", i))
		if err := os.WriteFile(file, []byte{byte(i)}, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// Every shipped set becomes a set of another part that the program reads, without
// what was measured on its own.
func TestCreate_FromEachShippedSet(t *testing.T) {
	sets, err := filepath.Glob("../../configs/prompts/*.yaml")
	if err != nil || len(sets) < 5 {
		t.Fatalf("%d sets, %v", len(sets), err)
	}
	for _, shipped := range sets {
		dir := filepath.Join(t.TempDir(), "hex-bolt")
		f, err := Create(Options{Dir: dir, Good: photos(t, 12), Shipped: shipped})
		if err != nil {
			t.Fatal(err)
		}
		set, err := prompts.Load(f.Set)
		if err != nil {
			t.Fatalf("%s: %v", shipped, err)
		}
		if set.Name != "hex-bolt" || set.Object != "hex bolt" || set.Arm != nil || len(set.Defects) == 0 {
			t.Errorf(`%s became name %q, object %q, arm %v, %d defects; want set.Name == "hex-bolt", set.Object == "hex bolt", set.Arm == nil, len(set.Defects) != 0`, shipped, set.Name, set.Object, set.Arm, len(set.Defects))
		}
		c, err := config.Load(f.Config)
		if err != nil {
			t.Fatal(err)
		}
		if k := c.Cameras[0]; k.Prompts != f.Set || k.References != f.References || k.Source.Text() != "watch://"+f.In || k.Watch.Then != "move" {
			t.Errorf("the camera is %+v, want the folder's own files", k)
		}
	}
}

func TestCreate_SplitsThePhotos(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 1, 5: 3, 8: 4, 30: 10, 300: 16} {
		files := photos(t, n)
		references, rest := split(files)
		if len(references) != want || len(rest) != n-want {
			t.Errorf("%d photos: %d references and %d others, want %d references", n, len(references), len(rest), want)
		}
		if n >= 30 && slices.Index(files, references[len(references)-1]) < n*3/4 {
			t.Errorf("%d photos: the last reference is %s, want one of the last quarter", n, references[len(references)-1])
		}
	}
}

func TestCreate_Refuses(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, o := range map[string]Options{
		"is not empty":         {Dir: full, Name: "a", Good: []string{"x"}},
		"letters, digits":      {Dir: filepath.Join(full, "my part!"), Good: []string{"x"}},
		"photos of good parts": {Dir: filepath.Join(full, "a")},
		"must be plain words":  {Dir: filepath.Join(full, "a"), Object: "a {}", Good: []string{"x"}},
		"name a folder":        {Good: []string{"x"}},
	} {
		if _, err := Create(o); !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", o, err, want)
		}
	}
	if entries, _ := os.ReadDir(full); len(entries) != 1 {
		t.Errorf("a refused folder was written to: %v", entries)
	}
}
