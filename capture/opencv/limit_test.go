package opencv

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that is no picture, but larger than the memory, is refused by its size.
func TestDecodeFile_TooLarge(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, MaxFileBytes+1); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := DecodeFile(file); !errors.Is(err, ErrPicture) || !strings.Contains(err.Error(), "at most") {
		t.Errorf("%v, want that it is too large", err)
	}
}
