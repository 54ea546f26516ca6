package watchfolder_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/capture/watchfolder"
)

// picture is a JPEG whose blue is n, so that one can tell which was read.
func picture(t testing.TB, n int) []byte {
	t.Helper()
	pix := make([]byte, 3*32*24)
	for i := range pix {
		pix[i] = byte(n)
	}
	data, err := opencv.EncodeJPEG(pix, 32, 24, 90)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func ledger(t testing.TB, path string, stations ...string) *watchfolder.Ledger {
	t.Helper()
	l, err := watchfolder.OpenLedger(path, stations...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func open(t testing.TB, dir string, o watchfolder.Options) capture.Source {
	t.Helper()
	o.Decode = opencv.DecodeFile
	if o.Settle == 0 {
		o.Settle = 30 * time.Millisecond
	}
	if o.Poll == 0 {
		o.Poll = 20 * time.Millisecond
	}
	s, err := watchfolder.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// next reads the next picture, within ten seconds.
func next(t testing.TB, s capture.Source, f *capture.Frame) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; {
		err := s.Read(t.Context(), f)
		if err == nil {
			return
		}
		if !errors.Is(err, capture.ErrIdle) {
			t.Fatal(err)
		}
		if time.Now().After(end) {
			t.Fatal("no picture within 10 s")
		}
	}
}

// idle fails when a picture comes within two rounds of listing.
func idle(t testing.TB, s capture.Source) {
	t.Helper()
	var f capture.Frame
	if err := s.Read(t.Context(), &f); !errors.Is(err, capture.ErrIdle) {
		t.Fatalf("got part %q and %v, want no picture", f.Part, err)
	}
}

var pass = watchfolder.Outcome{Verdict: "PASS", Action: watchfolder.Accept, Sequence: 1}

// tree lists the files below a folder.
func tree(t testing.TB, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			files = append(files, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
