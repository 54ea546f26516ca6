package dataset

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A root may hold categories of any layout, side by side or one folder deeper.
func TestBelow_FindsEachCategory(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{
		"bottle/test/good", "bottle/test/broken", "bottle/train/good", "01/test/ok", "01/test/ko",
		"more/pcb1/Data/Images/Normal", "more/pcb1/Data/Images/Anomaly", "fabric/test_public/good",
		"lot/good", "lot/bad/good", "split_csv", "too/deep/for/good",
	} {
		if err := os.MkdirAll(filepath.Join(root, filepath.FromSlash(dir)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	found, err := Below(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range found {
		names = append(names, s.Name)
		if want := filepath.Join(root, filepath.FromSlash(s.Name)); s.Path != want {
			t.Errorf("%s lies at %s, want %s", s.Name, s.Path, want)
		}
	}
	if diff := cmp.Diff([]string{"01", "bottle", "fabric", "lot", "more/pcb1"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestBelow_SaysThatThereIsNone(t *testing.T) {
	root := t.TempDir()
	if _, err := Below(root); !errors.Is(err, ErrLayout) || !strings.Contains(err.Error(), "the folder is empty") {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := Below(filepath.Join(root, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}
