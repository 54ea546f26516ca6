package recording

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pristine/capture"
)

func encodePNG(pix []byte, width, height int) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		img.Set(i%width, i/width, color.RGBA{pix[3*i+2], pix[3*i+1], pix[3*i], 255})
	}
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}

func decodePNG(f *capture.Frame, data []byte) error {
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	f.Resize(img.Bounds().Dx(), img.Bounds().Dy())
	for i := range f.Width * f.Height {
		c := color.RGBAModel.Convert(img.At(i%f.Width, i/f.Width)).(color.RGBA)
		f.Pix[3*i], f.Pix[3*i+1], f.Pix[3*i+2] = c.B, c.G, c.R
	}
	return nil
}

var began = time.Date(2026, 11, 24, 9, 30, 0, 123456789, time.UTC)

func frame(n int) *capture.Frame {
	f := &capture.Frame{Seq: uint64(n), Captured: began.Add(time.Duration(n) * 100 * time.Millisecond), Part: "p-1", PartEnd: n == 3, Name: "n"}
	f.Resize(8, 6)
	for i := range f.Pix {
		f.Pix[i] = byte(i * n)
	}
	return f
}

// record writes frames 1 to 3.
func record(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "a", "b")
	w, err := Create(dir, encodePNG)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 3; n++ {
		if err := w.Write(frame(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAFrameComesBackWithPixelsTimeAndPart(t *testing.T) {
	dir := record(t)
	s, err := Open(dir, Options{Decode: decodePNG})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for n := 1; n <= 3; n++ {
		var f capture.Frame
		if err := s.Read(context.Background(), &f); err != nil {
			t.Fatal(err)
		}
		want := frame(n)
		if !bytes.Equal(f.Pix, want.Pix) || !f.Captured.Equal(want.Captured) || f.Part != want.Part || f.PartEnd != want.PartEnd || f.Name != want.Name {
			t.Errorf("frame %d is %+v; want bytes.Equal(f.Pix, want.Pix), f.Captured.Equal(want.Captured), f.Part == want.Part, f.PartEnd == want.PartEnd, f.Name == want.Name", n, f)
		}
	}
	if err := s.Read(context.Background(), &capture.Frame{}); !errors.Is(err, io.EOF) {
		t.Errorf("after the last: %v", err)
	}
	if _, err := Create(dir, encodePNG); !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), "name another folder") {
		t.Errorf("a recording is written over: %v", err)
	}
}

func TestAtSpeedOneFramesComeAsTheyWereRecorded(t *testing.T) {
	dir := record(t)
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(dir, Options{Decode: decodePNG, Speed: 2})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		var f capture.Frame
		for range 3 {
			if err := s.Read(context.Background(), &f); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 100*time.Millisecond {
			t.Errorf("200 ms at twice the speed took %v", took)
		}
	})
}

func TestDamageIsNamed(t *testing.T) {
	for name, tc := range map[string]struct {
		damage func(dir string) error
		frames int
		want   string
	}{
		"a changed picture": {func(dir string) error { return os.WriteFile(filepath.Join(dir, "00000002.png"), []byte("x"), 0o600) }, 2, "00000002.png was changed since"},
		"a lost picture":    {func(dir string) error { return os.Remove(filepath.Join(dir, "00000003.png")) }, 2, "no such file"},
		"a line cut off": {func(dir string) error {
			data, err := os.ReadFile(filepath.Join(dir, indexFile))
			return errors.Join(err, os.WriteFile(filepath.Join(dir, indexFile), data[:len(data)-20], 0o600))
		}, 2, "EOF"},
		"no index": {func(dir string) error { return os.Remove(filepath.Join(dir, indexFile)) }, 0, "`edge record` makes one"},
		"a mistake": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, indexFile), []byte("{\"file\": 3}\n"), 0o600)
		}, 0, "frames.jsonl:1: json"},
		"a way out": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, indexFile), []byte(`{"file":"../x","width":1,"height":1}`+"\n"), 0o600)
		}, 0, "it names no picture of the folder"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := record(t)
			if err := tc.damage(dir); err != nil {
				t.Fatal(err)
			}
			told := ""
			s, err := Open(dir, Options{Decode: decodePNG, Bad: func(_ string, err error) { told += err.Error() }})
			frames := 0
			for f := new(capture.Frame); err == nil; {
				if err = s.Read(context.Background(), f); err != nil {
					break
				}
				if f.Damaged == "" {
					frames++
				} else if f.Width != 0 || len(f.Pix) != 0 || f.Part == "" || !strings.Contains(f.Damaged, tc.want) {
					t.Errorf("a damaged frame is %d wide, of part %q: %s; want 0, its part, and %q", f.Width, f.Part, f.Damaged, tc.want)
				}
			}
			if frames != tc.frames || !strings.Contains(told+err.Error(), tc.want) {
				t.Errorf("%d frames, %s%v; want %d and %q", frames, told, err, tc.frames, tc.want)
			}
		})
	}
}

// taker gives frames as a slot does.
type taker struct{ source capture.Source }

func (t taker) Take(ctx context.Context, f *capture.Frame) error { return t.source.Read(ctx, f) }

func TestTheClockTellsTheTimeOfTheRecording(t *testing.T) {
	s, err := Open(record(t), Options{Decode: decodePNG})
	if err != nil {
		t.Fatal(err)
	}
	clock := NewClock(taker{s})
	var f capture.Frame
	for n := 1; n <= 2; n++ {
		if err := clock.Take(context.Background(), &f); err != nil || !clock.Now().Equal(frame(n).Captured) {
			t.Errorf("it is %v, %v", clock.Now(), err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"file":"00000001.png","sha256":"","width":1,"height":1,"captured":"2026-11-24T09:30:00Z","sequence":1}` + "\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := parse(data)
		for _, e := range entries {
			if err == nil && (e.Width <= 0 || strings.ContainsAny(e.File, "/")) {
				t.Errorf("%+v", e)
			}
		}
	})
}
