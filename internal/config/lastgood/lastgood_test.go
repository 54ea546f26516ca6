package lastgood

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/text/encoding/unicode"

	"pristine/internal/config"
)

// save writes a configuration that an agent starts with, and keeps it.
func save(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(c.Events.Dir), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Save(file, []byte(text), c.Events.Dir); err != nil {
		t.Fatal(err)
	}
}

func TestFind_WhateverTheMistake(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("events:\n  dir: store/events\n")
	if err != nil {
		t.Fatal(err)
	}
	const good = "\ufeff---\nstation: {site: here}\nevents: {dir: store/events}\n"
	for name, bad := range map[string]string{
		"a wrong value": "station: {site: a.b}\nevents: {dir: store/events}\n", "no YAML": "station: [\nevents:\n\tdir: \"store/events\" # here\n",
		"flow": "events: {dir: 'store/events', max_bytes: 0,5}", "UTF-16": utf16, "another folder beside it": "events: {dir: store/new, max_bytes: 1}",
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "edge.yaml")
			save(t, file, good)
			copied, err := Find(file, []byte(bad))
			if err != nil {
				t.Fatal(err)
			}
			if want := filepath.Join(filepath.Dir(file), "store", "events"+Suffix); copied.Path != want || time.Since(copied.Saved) > time.Minute {
				t.Errorf("got %s of %v, want %s of now", copied.Path, copied.Saved, want)
			}
			if c, err := config.LoadData(file, copied.Data); err != nil || c.Station.Site != "here" {
				t.Errorf("got %v, %v, want the good configuration", c, err)
			}
			if info, err := os.Stat(copied.Path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("got mode %v, %v, want 0600: passwords may stand in it", info.Mode(), err)
			}
		})
	}
}

func TestFind_StateDirectoryOfSystemd(t *testing.T) {
	state, file := t.TempDir(), filepath.Join(t.TempDir(), "edge.yaml")
	t.Setenv("STATE_DIRECTORY", state)
	save(t, file, "events: {dir: "+state+"/events}\n")
	if c, err := Find(file, nil); err != nil || c.Path != state+"/events"+Suffix {
		t.Errorf("a file that is gone: got %v, %v, want the copy in the state directory", c, err)
	}
}

func TestFind_NeverAnothersCopy(t *testing.T) {
	dir := t.TempDir()
	save(t, filepath.Join(dir, "one.yaml"), "events: {dir: data/one}\n")
	if c, err := Find(filepath.Join(dir, "two.yaml"), []byte("events: {dir: data/one, x: 1}")); !errors.Is(err, ErrNone) {
		t.Errorf("got %v, %v, want ErrNone: it is a copy of one.yaml", c, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "x"+Suffix), []byte("log: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := Find(filepath.Join(dir, "one.yaml"), nil); err != nil || c.Path != filepath.Join(dir, "data", "one"+Suffix) {
		t.Errorf("got %v, %v, want the copy of one.yaml", c, err)
	}
}

func TestSave_SameContentIsNotWrittenAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "edge.yaml")
	save(t, file, "events: {dir: data/events}\n")
	path := filepath.Join(filepath.Dir(file), "data", "events"+Suffix)
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	save(t, file, "events: {dir: data/events}\n")
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		t.Errorf("the copy was replaced, %v", err)
	}
}
