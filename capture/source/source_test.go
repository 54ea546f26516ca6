package source

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	files "pristine/internal/pictures"

	"pristine/capture"
	"pristine/capture/address"
)

// open parses and opens an address.
func open(t *testing.T, text string, o Options) (capture.Source, error) {
	t.Helper()
	a, err := address.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return Open(context.Background(), a, o)
}

// read returns the number of frames until the source fails, at most most, and
// why it did.
func read(t *testing.T, s capture.Source, most int) (frames int, f capture.Frame, err error) {
	t.Helper()
	for ; frames < most; frames++ {
		if err = s.Read(context.Background(), &f); err != nil {
			break
		}
	}
	return frames, f, err
}

func jpegOf(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = byte(i)
	}
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFilesThatAreDamaged(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.mkv")
	if out, err := exec.Command("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=2", "-pix_fmt", "yuv420p", whole).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if s, err := open(t, write("half.mkv", data[:len(data)/2]), Options{}); err != nil {
		t.Error(err)
	} else {
		if n, _, err := read(t, s, 1000); n < 5 || n >= 50 || !errors.Is(err, io.EOF) {
			t.Errorf("half a video gave %d frames, then %v; want n >= 5, n < 50, errors.Is(err, io.EOF)", n, err)
		}
		s.Close()
	}
	for path, want := range map[string]error{
		write("empty.mp4", nil): capture.ErrCodec, write("garbage.mp4", bytes.Repeat([]byte("garbage"), 999)): capture.ErrCodec,
		filepath.Join(dir, "nowhere.mp4"): capture.ErrNotFound, "v4l2:///dev/video99": capture.ErrNotFound,
	} {
		if _, err := open(t, path, Options{}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
	// A folder marks what is damaged and gives the rest; wide is no fault.
	pictures := filepath.Join(dir, "pictures")
	if err := os.Mkdir(pictures, 0o700); err != nil {
		t.Fatal(err)
	}
	good, wide := jpegOf(t, 64, 48), jpegOf(t, 20000, 32)
	for name, data := range map[string][]byte{"a.jpg": good, "b.jpg": good[:len(good)-100], "c.jpg": nil, "d.jpg": wide} {
		write(filepath.Join("pictures", name), data)
	}
	for _, name := range []string{"._a.jpg", "Thumbs.db", "e.heic"} {
		write(filepath.Join("pictures", name), good)
	}
	var bad, skipped []string
	s, err := open(t, "dir://"+pictures, Options{
		Bad:     func(path string, err error) { bad = append(bad, filepath.Base(path)+" "+err.Error()) },
		Skipped: func(s *files.Skipped) { skipped = s.Notes() },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n, f, err := read(t, s, 10)
	if n != 4 || f.Width != 20000 || f.Damaged != "" || !errors.Is(err, io.EOF) || len(bad) != 2 || !strings.Contains(bad[0], "it is damaged") || !strings.Contains(bad[1], "is empty") {
		t.Errorf(`%d pictures, the last %d wide, then %v; left out %q; want n == 4, f.Width == 20000, f.Damaged == "", errors.Is(err, io.EOF), len(bad) == 2, strings.Contains(bad[0], "it is damaged"), strings.Contains(bad[1], "is empty")`, n, f.Width, err, bad)
	}
	if len(skipped) != 2 || !strings.HasPrefix(skipped[0], "1 .heic file is not read") || !strings.HasPrefix(skipped[1], "2 files and folders were made by other programs") {
		t.Errorf("skipped %q, wanted a .heic and two of other programs", skipped)
	}
}

func TestProbeMeasuresARealCamera(t *testing.T) {
	host, _ := rtspServer(t, "--user", "admin", "--password", "hunter2")
	a, err := address.Parse("rtsp://admin:hunter2@" + host + "/stream#hardware=1") // there is none here
	if err != nil {
		t.Fatal(err)
	}
	var f capture.Frame
	r, err := Probe(context.Background(), a, Options{}, time.Second, &f)
	if err != nil || r.Width != 320 || r.Height != 240 || r.Frames < 5 || r.FPS < 5 || r.FPS > 40 || r.OpenMS <= 0 || r.Sizes != 1 || r.Ended || f.Width != 320 {
		t.Errorf("%+v, %v: the server gives 20 frames a second of 320 × 240; want err == nil, r.Width == 320, r.Height == 240, r.Frames >= 5, r.FPS >= 5, r.FPS <= 40, r.OpenMS > 0, r.Sizes == 1, not r.Ended, f.Width == 320", r, err)
	}
	if strings.Contains(r.Source, "hunter2") {
		t.Error("the report tells the password")
	}
}

// Without its hardware, or with a daemon that hangs, GStreamer's Argus source never
// comes back.
func TestProbe_ACSICameraThatHangs(t *testing.T) {
	a, err := address.Parse("csi://0")
	if err != nil {
		t.Fatal(err)
	}
	var f capture.Frame
	start := time.Now()
	if _, err := Probe(context.Background(), a, Options{OpenTimeout: 300 * time.Millisecond}, time.Second, &f); err == nil || !strings.Contains(err.Error(), "csi://0") || time.Since(start) > 10*time.Second {
		t.Errorf("got %v after %v, want an error that names csi://0 soon", err, time.Since(start))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Probe(ctx, a, Options{OpenTimeout: time.Hour}, time.Second, &f); err == nil || time.Since(start) > 20*time.Second {
		t.Errorf("interrupted: got %v after %v, want an error soon", err, time.Since(start))
	}
}

// A single picture goes the way of a folder's: the same decoder, the same verdicts.
func TestAPictureFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.JFIF")
	if err := os.WriteFile(path, jpegOf(t, 64, 48), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := open(t, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n, f, err := read(t, s, 5); n != 1 || f.Width != 64 || f.Part != "a.JFIF" || !errors.Is(err, io.EOF) {
		t.Errorf("got %d frames, %d wide, of part %q, then %v; want one of a.JFIF, then %v", n, f.Width, f.Part, err, io.EOF)
	}
}

func TestDevicesAreListedInTheirOrder(t *testing.T) {
	got, err := Devices(fstest.MapFS{
		"class/video4linux/video10/name": {Data: []byte("C\n")}, "class/video4linux/video2/name": {Data: []byte("HD Webcam: HD\n")},
		"class/video4linux/v4l-subdev0/name": {Data: []byte("no camera\n")},
	})
	want := []Device{{"v4l2:///dev/video2", "HD Webcam: HD"}, {"v4l2:///dev/video10", "C"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestGStreamer_SizeChangesMidStream(t *testing.T) {
	s, err := open(t, "gst://videotestsrc pattern=white num-buffers=5 ! video/x-raw,width=160,height=120 ! c. videotestsrc pattern=white num-buffers=5 ! video/x-raw,width=320,height=240 ! c."+
		" concat name=c ! videoconvert ! video/x-raw,format=BGR ! appsink", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	seen := map[int]int{}
	var f capture.Frame
	for err == nil {
		if err = s.Read(context.Background(), &f); err == nil {
			seen[f.Width]++
			if len(f.Pix) != 3*f.Width*f.Height || bytes.ContainsFunc(f.Pix, func(r rune) bool { return r != 0xfffd }) {
				t.Fatalf("a frame of %d × %d is not white", f.Width, f.Height)
			}
		}
	}
	if seen[160] != 5 || seen[320] != 5 {
		t.Errorf("got frames of these widths: %v, want 5 of 160 and 5 of 320; %v", seen, err)
	}
}

func TestAGStreamerPipeline(t *testing.T) {
	s, err := open(t, "gst://videotestsrc num-buffers=5 ! video/x-raw,width=160,height=120 ! videoconvert ! video/x-raw,format=BGR ! appsink", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n, f, err := read(t, s, 10); n != 5 || f.Width != 160 || f.Height != 120 || err == nil {
		t.Errorf("%d frames of %d × %d, then %v; want 5 of 160 × 120", n, f.Width, f.Height, err)
	}
}
