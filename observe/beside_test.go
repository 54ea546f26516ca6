package observe

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"pristine/infer"
)

// The text encoder opens while the image encoder does: the image encoder, which is held
// up here, finds the other one's file open.
func TestOpen_BothEncodersAtOnce(t *testing.T) {
	met := false
	m, err := OpenPaired("models/pocket", "", infer.Options{}, func(state infer.State, _ string) {
		if state != infer.Ready {
			return
		}
		for deadline := time.Now().Add(time.Minute); !met && time.Now().Before(deadline); {
			met = isOpen(t, "text.onnx")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	m.Close()
	if !met {
		t.Error("the text encoder opens after the image encoder")
	}
}

// isOpen reports whether this process has a file of that name open.
func isOpen(t *testing.T, name string) bool {
	const folder = "/proc/self/fd"
	all, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if target, err := os.Readlink(filepath.Join(folder, one.Name())); err == nil && filepath.Base(target) == name {
			return true
		}
	}
	return false
}
