package photos

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/capture/opencv"
	"pristine/internal/usage"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	o := Options{Parts: 3, Seed: 1, References: 1, Kind: "flange", DefectRate: 0}
	steps := 0
	got, err := Write(t.Context(), dir, o, func() { steps++ })
	if want := (Counts{References: 1, Good: 2}); err != nil || got != want || steps != 3 {
		t.Fatalf("got %+v in %d steps (%v), want %+v in 3", got, steps, err, want)
	}
	files, err := filepath.Glob(filepath.Join(dir, "good", "*.jpg"))
	if err != nil || len(files) != 2 {
		t.Fatalf("got %v (%v), want two pictures", files, err)
	}
	if _, width, height, err := opencv.DecodeFile(files[0]); err != nil || width < 100 || width != height {
		t.Errorf("got %d×%d pixels (%v), want the square window of the line", width, height, err)
	}
	if _, err := Write(t.Context(), dir, o, func() {}); !usage.Is(err) || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("got %v, want the folder refused", err)
	}
	bad := filepath.Join(t.TempDir(), "new")
	if _, err := Write(t.Context(), bad, Options{Parts: 1, DefectRate: 2}, func() {}); !usage.Is(err) {
		t.Errorf("got %v, want a rate of 2 refused", err)
	}
	if _, err := os.Stat(bad); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want nothing written", err)
	}
}
