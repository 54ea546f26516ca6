package search

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRefreshWritesWhatChangedAndKeepsWhatDidNot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "index")
	refresh := func(keep bool, bundle string, names []string, wantOld int) (*Index, error) {
		return Refresh(file, bundle, 2, keep, func(old *Index) ([]Entry, bool, error) {
			switch {
			case old == nil && wantOld >= 0, old != nil && old.Len() != wantOld:
				t.Errorf("the old index is %v, wanted %d entries", old, wantOld)
			}
			var entries []Entry
			for _, name := range names {
				entries = append(entries, Entry{Name: name, Vector: Encode([]float32{0, 1})})
			}
			return entries, len(names) > 0, nil
		})
	}
	check := func(x *Index, err error, want int) {
		t.Helper()
		if err != nil || x.Len() != want {
			t.Fatalf("%v, %v", x, err)
		}
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}
	x, err := refresh(false, bundle, []string{"a", "b"}, -1)
	check(x, err, 2)
	x, err = refresh(false, bundle, nil, 2) // it will do
	check(x, err, 2)
	other := strings.Repeat("cd", 32)
	if _, err = refresh(true, other, []string{"c"}, -1); !errors.Is(err, ErrBundle) {
		t.Errorf("a file that is kept: %v", err)
	}
	x, err = refresh(false, other, []string{"c"}, -1)
	check(x, err, 1)
	failed := errors.New("failed")
	if _, err := Refresh(file, other, 2, false, func(*Index) ([]Entry, bool, error) { return nil, true, failed }); !errors.Is(err, failed) {
		t.Error(err)
	}
	if err := os.WriteFile(file, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	x, err = refresh(false, other, nil, -1) // an empty one, since there is none
	check(x, err, 0)
}
