package agent

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/capture/address"
	"pristine/internal/config"
)

// A camera is good if it returns a usable frame, not just any frame.
func TestReachCamera_NeedsAFrameThatCanBeUsed(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	reach := func(source string) error {
		t.Helper()
		a, err := address.Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		c := config.Default().Cameras[0]
		c.Source = a
		return ReachCamera(t.Context(), &c)
	}
	write("1.png", []byte("a,b\n1,2\n"))
	if err := reach("dir://" + dir); err == nil || !strings.Contains(err.Error(), "no frame is usable: ") || !strings.Contains(err.Error(), "1.png") {
		t.Errorf("of a table alone: %v", err)
	}
	write("2.jpg", beltPicture(t))
	if err := reach("dir://" + dir); err != nil {
		t.Errorf("with a picture behind the table: %v", err)
	}
	if err := reach("testline://"); err != nil {
		t.Errorf("of the belt: %v", err)
	}
}
