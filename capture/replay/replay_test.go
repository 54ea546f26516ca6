package replay

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pristine/capture"
)

// Old cameras write Latin-1 names: M\xFCller and M\xF6ller stay two parts.
func TestRead_PartNamesAreUTF8AndNeverMerged(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"M\xFCller.png", "M\xF6ller.png", "Müller.png"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(dir, Options{Decode: func(string) ([]byte, int, int, error) { return []byte{0, 0, 0}, 1, 1, nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var got []string
	for f := (capture.Frame{}); s.Read(context.Background(), &f) == nil; {
		got = append(got, f.Part)
	}
	slices.Sort(got)
	if want := []string{`M\xF6ller.png`, `M\xFCller.png`, "Müller.png"}; !slices.Equal(got, want) {
		t.Errorf("parts: got %q, want %q", got, want)
	}
}
