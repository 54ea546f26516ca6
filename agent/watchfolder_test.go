package agent

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/capture/testline"
	"pristine/events"
)

// beltPicture returns a frame of the built-in belt as JPEG.
func beltPicture(t *testing.T) []byte {
	t.Helper()
	o, err := testline.Parse("testline://?fps=0&seed=3")
	if err != nil {
		t.Fatal(err)
	}
	line := testline.Open(o)
	defer line.Close()
	var f capture.Frame
	for f.Part == "" {
		if err := line.Read(t.Context(), &f); err != nil {
			t.Fatal(err)
		}
	}
	jpeg, err := opencv.EncodeJPEG(f.Pix, f.Width, f.Height, 90)
	if err != nil {
		t.Fatal(err)
	}
	return jpeg
}

// Pictures of a set in shadow are moved to review, whatever their verdict: moving
// is an act of the line. References in the folder are not inspected.
func TestWatchFolder_ShadowMovesToReview(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	picture := beltPicture(t)
	for _, name := range []string{"A-1_top.jpg", "references/r.jpg"} {
		put(t, filepath.Join(in, name), picture)
	}
	a := start(t, settings(t, dir, "cameras:\n  - {name: c, source: 'watch://"+in+"', references: "+in+"/references, watch: {then: move, settle: 20ms, part: '^([^_]+)_'}}\n"))
	a.until("the picture to be moved", func() bool { return exists(filepath.Join(in, "review", "A-1_top.jpg")) })
	put(t, filepath.Join(in, "A-2_top.jpg.part"), picture)
	if err := os.Rename(filepath.Join(in, "A-2_top.jpg.part"), filepath.Join(in, "A-2_top.jpg")); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(in, "A-3_top.jpg"), []byte("no picture at all"))
	a.until("the later picture to be moved", func() bool { return exists(filepath.Join(in, "review", "A-2_top.jpg")) })
	a.until("the broken one to be moved", func() bool { return exists(filepath.Join(in, "review", "A-3_top.jpg")) })
	var parts, verdicts []string
	a.read(func(e events.Received) bool {
		if r, err := e.Result(); err == nil {
			parts, verdicts = append(parts, r.Part), append(verdicts, r.Verdict)
		}
		return len(parts) == 3
	})
	if strings.Join(parts, " ") != "A-1 A-2 A-3" || verdicts[2] != "INVALID" {
		t.Errorf("got results of %v with %v, want A-1, A-2, and A-3 INVALID", parts, verdicts)
	}
	if k := a.page().Cameras[0]; k.Folder == nil || k.Folder.Done != 3 || k.Folder.Waiting != 0 || k.Phase != "streaming" {
		t.Errorf("the status is %+v of phase %s, want three done", k.Folder, k.Phase)
	}
	if metrics := a.get("/metrics"); !strings.Contains(metrics, `pristine_folder_done_total{camera="c"} 3`) {
		t.Errorf("the metrics lack the folder")
	}
	if data, err := os.ReadFile(filepath.Join(in, "references", "r.jpg")); err != nil || !bytes.Equal(data, picture) {
		t.Errorf("the reference was touched: %v", err)
	}
}

// A share that is away at the start is waited for.
func TestWatchFolder_MissingAtTheStart(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	a := start(t, settings(t, dir, "cameras:\n  - {name: c, source: 'watch://"+in+"', watch: {then: delete, settle: 20ms}}\n"))
	a.until("the problem", func() bool {
		return strings.Contains(a.get("/metrics"), `pristine_camera_waiting{camera="c",cause="not_found"} 1`)
	})
	put(t, filepath.Join(in, "a.jpg"), beltPicture(t))
	a.until("the picture to be inspected and deleted", func() bool { return !exists(filepath.Join(in, "a.jpg")) })
	a.until("the problem to end", func() bool { return !strings.Contains(a.get("/metrics"), `cause="not_found"} 1`) })
}

func put(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
