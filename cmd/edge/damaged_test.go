package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/capture/opencv"
)

// spoiled makes a folder of a sound picture and some that cannot be used, and gives
// it with their names.
func spoiled(t *testing.T) (dir string, bad []string) {
	t.Helper()
	dir = t.TempDir()
	pix := make([]byte, 3*320*240)
	for i := range pix {
		pix[i] = byte(60 + i%97 + i/3%320/4)
	}
	sound, err := opencv.EncodeJPEG(pix, 320, 240, 90)
	if err != nil {
		t.Fatal(err)
	}
	half := len(sound) / 2
	for name, data := range map[string][]byte{
		"a.jpg": sound, "b.jpg": append(bytes.Clone(sound[:half]), sound[half+len(sound)/20:]...), "c.jpg": sound[:half],
		"d.jpg": []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "e.png": nil, "f.jpg": append(bytes.Clone(sound), "trailer"...),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, []string{"b.jpg", "c.jpg", "d.jpg", "e.png"}
}

// Each part has its verdict: one whose picture cannot be used is INVALID damaged,
// with the reason in words, and never scored.
func TestRun_DamagedPictures(t *testing.T) {
	t.Parallel()
	dir, bad := spoiled(t)
	results, _ := inspected(t, configure(t, "dir://"+dir, ""))
	if len(results) != 6 {
		t.Fatalf("got %d results, want one of each of 6 pictures", len(results))
	}
	for _, r := range results {
		damaged := strings.Contains(strings.Join(bad, " "), r.Part)
		if (r.Verdict == "INVALID" && r.Reason == "damaged") != damaged || damaged && (r.Detail == "" || len(r.Classes) > 0) {
			t.Errorf("%s: got %s %s (%s), damaged is %v", r.Part, r.Verdict, r.Reason, r.Detail, damaged)
		}
	}
}

// Commands name what is not usable, and say what to do.
func TestScore_DamagedPictures(t *testing.T) {
	t.Parallel()
	dir, bad := spoiled(t)
	out, errs := edge(t, 1, "score", dir)
	for _, name := range bad {
		if !strings.Contains(errs, name+": not a usable picture") || strings.Contains(out, name) {
			t.Errorf("%s: got %s%s, want it named as not usable, and no verdict", name, out, errs)
		}
	}
	if !strings.Contains(out, "a.jpg") || !strings.Contains(out, "f.jpg") || !strings.Contains(errs, "it is HEIC, which is not read") {
		t.Errorf(`got %s%s; want strings.Contains(out, "a.jpg"), strings.Contains(out, "f.jpg"), strings.Contains(errs, "it is HEIC, which is not read")`, out, errs)
	}
}
