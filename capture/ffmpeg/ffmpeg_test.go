package ffmpeg

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pristine/capture"
)

// ffmpeg runs FFmpeg's own program and gives what it writes to standard output.
func ffmpeg(t testing.TB, args ...string) []byte {
	t.Helper()
	var out, failure bytes.Buffer
	command := exec.Command("ffmpeg", append([]string{"-loglevel", "error", "-y"}, args...)...)
	command.Stdout, command.Stderr = &out, &failure
	if err := command.Run(); err != nil {
		t.Fatalf("ffmpeg %v: %v: %s", args, err, failure.String())
	}
	return out.Bytes()
}

// video makes a video of n frames with these options of FFmpeg.
func video(t testing.TB, name, size string, n int, options ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	args := []string{"-f", "lavfi", "-i", "testsrc2=size=" + size + ":rate=25", "-frames:v", fmt.Sprint(n), "-pix_fmt", "yuv420p"}
	ffmpeg(t, append(append(args, options...), file)...)
	return file
}

// join puts files behind one another, as cat does.
func join(t testing.TB, files ...string) string {
	t.Helper()
	var all []byte
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	return write(t, "joined"+filepath.Ext(files[0]), all)
}

func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func open(t testing.TB, address string) capture.Source {
	t.Helper()
	s, err := Open(context.Background(), address, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// frames returns all frames of a video.
func frames(t testing.TB, address string) []capture.Frame {
	t.Helper()
	s := open(t, address)
	var all []capture.Frame
	for {
		var f capture.Frame
		if err := s.Read(context.Background(), &f); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("frame %d: %v", len(all)+1, err)
		}
		if len(f.Pix) != 3*f.Width*f.Height || time.Since(f.Captured) > time.Minute {
			t.Fatalf("frame %d: %d bytes for %d × %d of %v", len(all)+1, len(f.Pix), f.Width, f.Height, f.Captured)
		}
		all = append(all, f)
	}
}

// shown returns the frames that FFmpeg's own program shows.
func shown(t testing.TB, file string, width, height int) [][]byte {
	t.Helper()
	data := ffmpeg(t, "-i", file, "-f", "rawvideo", "-pix_fmt", "bgr24", "-")
	var all [][]byte
	for n := 3 * width * height; len(data) >= n; data = data[n:] {
		all = append(all, data[:n])
	}
	return all
}

// same fails unless two pictures differ by rounding at most.
func same(t testing.TB, what string, got, want []byte) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %d bytes, want %d", what, len(got), len(want))
	}
	largest, sum := 0, 0
	for i := range got {
		d := int(got[i]) - int(want[i])
		largest, sum = max(largest, d, -d), sum+max(d, -d)
	}
	if mean := float64(sum) / float64(len(got)); mean > 1 {
		t.Fatalf("%s: it differs from what FFmpeg shows by %.2f grey levels on average, %d at most", what, mean, largest)
	}
}

func TestRead_ShowsWhatFFmpegShows(t *testing.T) {
	for name, options := range map[string][]string{
		"h264.mp4": nil, "odd.mkv": {"-c:v", "ffv1", "-vf", "crop=317:239"}, "mjpeg.avi": {"-c:v", "mjpeg", "-q:v", "2"},
		"bt709.mp4": {"-vf", "scale=out_color_matrix=bt709", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"},
		"full.mp4":  {"-vf", "scale=out_range=full", "-color_range", "pc"},
		"grey.mkv":  {"-c:v", "ffv1", "-pix_fmt", "gray"}, "deep.mkv": {"-c:v", "ffv1", "-pix_fmt", "yuv420p10le"}, "rgb.mkv": {"-c:v", "ffv1", "-pix_fmt", "bgr0"},
	} {
		t.Run(name, func(t *testing.T) {
			file := video(t, name, "320x240", 5, options...)
			got := frames(t, file)
			want := shown(t, file, got[0].Width, got[0].Height)
			if len(got) != 5 || len(want) != 5 {
				t.Fatalf("got %d frames, FFmpeg %d, want 5", len(got), len(want))
			}
			for i := range got {
				if got[i].Damaged != "" {
					t.Errorf("frame %d is sound, and is called damaged: %s", i+1, got[i].Damaged)
				}
				same(t, fmt.Sprintf("frame %d", i+1), got[i].Pix, want[i])
			}
		})
	}
}

// Videos joined by cat, as recorders and changed settings make them: each frame
// has the size and the pixels of its own part.
func TestRead_ChangesMidStream(t *testing.T) {
	ts := func(name, size string, options ...string) string {
		return video(t, name+".ts", size, 10, append([]string{"-c:v", "libx264", "-g", "5"}, options...)...)
	}
	raw := func(name, format string) string {
		return video(t, name+".mjpeg", "320x240", 10, "-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", format)
	}
	for name, parts := range map[string][]string{
		"narrower":             {ts("a", "640x480"), ts("b", "480x480")},
		"smaller":              {ts("a", "1920x1080"), ts("b", "320x240")},
		"larger":               {ts("a", "320x240"), ts("b", "1920x1080")},
		"odd widths":           {ts("a", "642x482"), ts("b", "322x242"), ts("c", "642x482")},
		"another pixel format": {ts("a", "320x240"), ts("b", "320x240", "-pix_fmt", "yuv444p")},
		"another rate":         {ts("a", "320x240"), ts("b", "320x240", "-r", "10")},
		"another subsampling":  {raw("a", "yuvj422p"), raw("b", "yuvj420p"), raw("c", "yuvj444p")},
	} {
		t.Run(name, func(t *testing.T) {
			var want []capture.Frame
			for _, part := range parts {
				want = append(want, frames(t, part)...)
			}
			got := frames(t, join(t, parts...))
			if len(got) != len(want) {
				t.Errorf("got %d frames, want %d", len(got), len(want))
			}
			for i := range min(len(got), len(want)) {
				if got[i].Width != want[i].Width || got[i].Height != want[i].Height {
					t.Fatalf("frame %d: got %d × %d, want %d × %d", i+1, got[i].Width, got[i].Height, want[i].Width, want[i].Height)
				}
				same(t, fmt.Sprintf("frame %d", i+1), got[i].Pix, want[i].Pix)
			}
		})
	}
}

// A file that goes on in a stream of its own is not read in part as if it were all.
func TestRead_GoesOnInAnotherStream(t *testing.T) {
	for _, n := range []int{10, 400} { // the second is longer than what is probed
		first := video(t, "a.ts", "64x48", n, "-c:v", "libx264")
		s := open(t, join(t, first, video(t, "b.ts", "640x480", 10, "-c:v", "libx264", "-mpegts_start_pid", "0x300")))
		var f capture.Frame
		read := 0
		var err error
		for ; err == nil; read++ {
			err = s.Read(context.Background(), &f)
		}
		if errors.Is(err, io.EOF) || !errors.Is(err, capture.ErrCodec) || !strings.Contains(err.Error(), "ffmpeg -f concat") {
			t.Errorf("after %d frames: got %v, want %v and the remedy", read-1, err, capture.ErrCodec)
		}
	}
}

// matrices are those of ISO/IEC 14496-12 for what players show: the transformation
// of columns and rows, without its offsets.
var matrices = map[string][4]int32{
	"upright": {1, 0, 0, 1}, "mirrored": {-1, 0, 0, 1}, "half": {-1, 0, 0, -1}, "flipped": {1, 0, 0, -1},
	"transposed": {0, 1, 1, 0}, "clockwise": {0, 1, -1, 0}, "transverse": {0, -1, -1, 0}, "counter-clockwise": {0, -1, 1, 0},
}

func TestRead_Rotation(t *testing.T) {
	plain := video(t, "plain.mp4", "320x240", 3)
	check := func(t *testing.T, file string) {
		t.Helper()
		got := frames(t, file)
		want := shown(t, file, got[0].Width, got[0].Height)
		if len(got) != 3 || len(want) != 3 {
			t.Fatalf("got %d frames, FFmpeg %d, want 3", len(got), len(want))
		}
		for i := range got {
			same(t, fmt.Sprintf("frame %d of %d × %d", i+1, got[i].Width, got[i].Height), got[i].Pix, want[i])
		}
	}
	for _, degrees := range []string{"90", "180", "270"} {
		t.Run(degrees, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "turned.mp4")
			ffmpeg(t, "-i", plain, "-c", "copy", "-metadata:s:v", "rotate="+degrees, file)
			check(t, file)
			if f := frames(t, file)[0]; (degrees == "180") != (f.Width == 320) {
				t.Errorf("turned by %s it is %d × %d", degrees, f.Width, f.Height)
			}
		})
	}
	data, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte("tkhd")) + 4 + 40 // version 0: the matrix is 40 bytes behind the name
	for name, m := range matrices {
		t.Run(name, func(t *testing.T) {
			turned := bytes.Clone(data)
			for i, column := range []int{0, 1, 3, 4} {
				binary.BigEndian.PutUint32(turned[at+4*column:], uint32(m[i]<<16))
			}
			check(t, write(t, "turned.mp4", turned))
		})
	}
}

// A stream that lost bytes gives damaged frames from there to the next frame that
// stands for itself, and sound ones behind it.
func TestRead_DamagedVideo(t *testing.T) {
	for name, options := range map[string][]string{
		"h264.ts": {"-c:v", "libx264", "-g", "10", "-bf", "0"}, "mjpeg.avi": {"-c:v", "mjpeg", "-q:v", "2"}, "mpeg2.ts": {"-g", "10", "-bf", "0", "-c:v", "mpeg2video", "-q:v", "2"},
	} {
		t.Run(name, func(t *testing.T) {
			file := video(t, name, "640x480", 40, options...)
			sound := frames(t, file)
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			half := len(data) / 2
			for i := range 1500 {
				data[half+i] = byte(i * 31)
			}
			n, damaged := 0, 0
			for _, f := range frames(t, write(t, name, data)) {
				n++
				if f.Damaged != "" {
					damaged++
					continue
				}
				if n <= 10 || n > 35 { // before the damage, and well behind it
					same(t, fmt.Sprintf("frame %d", n), f.Pix, sound[n-1].Pix)
				}
			}
			if damaged == 0 || damaged > 22 || n < 38 {
				t.Errorf("of %d frames %d are damaged, want some of 40", n, damaged)
			}
		})
	}
}

func TestRead_AllocatesNothing(t *testing.T) {
	s := open(t, video(t, "v.mp4", "320x240", 60))
	var f capture.Frame
	read := func() {
		if err := s.Read(t.Context(), &f); err != nil {
			t.Fatal(err)
		}
	}
	read()
	if n := testing.AllocsPerRun(50, read); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func TestOpen_SaysWhatToDo(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	defer refusing.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	sound := filepath.Join(t.TempDir(), "sound.mka")
	ffmpeg(t, "-f", "lavfi", "-i", "sine=duration=1", sound)
	for name, tc := range map[string]struct {
		address string
		want    error
		words   string
	}{
		"no file":   {"/nowhere/v.mp4", capture.ErrNotFound, "no such file"},
		"empty":     {write(t, "empty.mp4", nil), capture.ErrCodec, "the file is empty"},
		"garbage":   {write(t, "garbage.mp4", bytes.Repeat([]byte("garbage"), 1000)), capture.ErrCodec, "check that it is a video whose codec FFmpeg knows"},
		"sound":     {sound, capture.ErrCodec, "it holds no video"},
		"scheme":    {"ftp://host/v", capture.ErrProtocol, `unknown scheme "ftp"`},
		"a refusal": {strings.Replace(refusing.URL, "http://", "http://admin:secret@", 1), capture.ErrAuth, "try them in the camera's own web page"},
		"nobody":    {"rtsp://admin:secret@127.0.0.1:1/stream", capture.ErrUnreachable, "check address, user and password"},
		"silence":   {"rtsp://admin:secret@" + silent.Addr().String() + "/stream", capture.ErrTimeout, "no frame within 500ms"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(context.Background(), tc.address, Options{OpenTimeout: 500 * time.Millisecond})
			if err == nil {
				_ = s.Close()
			}
			if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.words) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v; want %v, %q and no password", err, tc.want, tc.words)
			}
		})
	}
}

// An open and a read of a silent camera end with their context, long before their
// time-outs.
func TestOpenAndRead_EndWithTheirContext(t *testing.T) {
	data, err := os.ReadFile(video(t, "v.ts", "320x240", 30))
	if err != nil {
		t.Fatal(err)
	}
	begun := make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/silent" {
			begun <- struct{}{}
		} else {
			_, _ = w.Write(data)
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	}))
	defer server.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-begun; cancel() }()
	start := time.Now()
	if _, err := Open(ctx, server.URL+"/silent", Options{OpenTimeout: time.Hour}); !errors.Is(err, context.Canceled) || time.Since(start) > 20*time.Second {
		t.Errorf("open: got %v after %v, want %v soon", err, time.Since(start), context.Canceled)
	}
	s, err := Open(context.Background(), server.URL, Options{ReadTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var f capture.Frame
	for err == nil {
		err = s.Read(context.Background(), &f)
	}
	if !errors.Is(err, capture.ErrTimeout) || f.Width != 320 {
		t.Errorf("read: got %v behind a frame of width %d, want %v", err, f.Width, capture.ErrTimeout)
	}
	ctx, cancel = context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	hour, err := Open(context.Background(), server.URL, Options{ReadTimeout: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer hour.Close()
	for err == nil {
		err = hour.Read(ctx, &f)
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("read: got %v, want %v", err, context.DeadlineExceeded)
	}
}
