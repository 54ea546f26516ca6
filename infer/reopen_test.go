package infer

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pristine/infer/bundle"
)

// letRest lets the text encoder find that no text came for long enough.
func (t *TextEncoder) letRest() {
	t.mu.Lock()
	t.used = time.Now().Add(-textRest)
	t.mu.Unlock()
	t.restIfIdle()
}

// copied opens ONNX Runtime and a copy of the built-in bundle, whose files may be spoiled.
func copied(t *testing.T) (*Library, *bundle.Bundle) {
	t.Helper()
	library, _ := open(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(pocket)); err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return library, b
}

// textsOfACopy returns a text encoder and the file of its model.
func textsOfACopy(t *testing.T) (texts *TextEncoder, file string) {
	t.Helper()
	library, b := copied(t)
	texts, err := NewTextEncoder(library, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(texts.Close)
	return texts, filepath.Join(b.Dir, b.Manifest.Text.File)
}

// A text encoder that has nothing to do holds no model, and encodes as before when a
// text comes, whatever has become of its file's name.
func TestTextEncoder_RestsAndEncodesAsBefore(t *testing.T) {
	texts, file := textsOfACopy(t)
	encode := func() []float32 {
		t.Helper()
		e, err := texts.Encode(context.Background(), []string{"a scratched flange"})
		if err != nil {
			t.Fatal(err)
		}
		return e[0]
	}
	want := encode()
	texts.restIfIdle() // too early
	if texts.session == nil {
		t.Fatal("the session was closed right after a text")
	}
	texts.letRest()
	if texts.session != nil {
		t.Fatal("the session is open, and nothing was encoded for long enough")
	}
	if !slices.Equal(encode(), want) {
		t.Error("after a rest a text has another embedding")
	}
	texts.letRest()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("another model"), 0o600); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(encode(), want) {
		t.Error("the embedding changes when the model's file is replaced")
	}
}

// Where the bytes themselves were overwritten, no other model speaks in the name of the
// one that was opened.
func TestTextEncoder_RefusesAFileThatWasOverwritten(t *testing.T) {
	texts, file := textsOfACopy(t)
	texts.letRest()
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte("x"), 1000); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Minute) // whatever the clock of the file system resolves
	if err := os.Chtimes(f.Name(), later, later); err != nil {
		t.Fatal(err)
	}
	if _, err := texts.Encode(context.Background(), []string{"a flange"}); err == nil || !strings.Contains(err.Error(), "restart") {
		t.Errorf("got %v, want an error that says what to do", err)
	}
}

func TestTextEncoder_RestFreesMemory(t *testing.T) {
	texts, _ := textsOfACopy(t)
	encode := func() {
		t.Helper()
		if _, err := texts.Encode(context.Background(), []string{"a scratched flange"}); err != nil {
			t.Fatal(err)
		}
	}
	encode()
	busy := ownMemory(t)
	texts.letRest()
	if freed := busy - ownMemory(t); freed < 10<<20 {
		t.Errorf("an encoder that rests holds %d MB less, want 10 at least", freed>>20)
	}
	rest := func(times int) {
		t.Helper()
		for range times {
			texts.letRest()
			encode()
		}
	}
	rest(5) // the allocator settles: a leak grows with each rest
	before := ownMemory(t)
	rest(10)
	if grown := ownMemory(t) - before; grown > 20<<20 {
		t.Errorf("ten rests took %d MB", grown>>20)
	}
}
