package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
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

// rtspServer starts GStreamer's RTSP server, and returns host:port and what
// ends it.
func rtspServer(t *testing.T, args ...string) (host string, stop func()) {
	t.Helper()
	// Debian's Python, which has Debian's GObject bindings.
	command := exec.Command("/usr/bin/python3", append([]string{"testdata/rtsp.py"}, args...)...)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	stop = func() { _ = command.Process.Kill(); _ = command.Wait() }
	t.Cleanup(stop)
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the RTSP server does not start: %v", err)
	}
	return "127.0.0.1:" + strings.TrimSpace(port), stop
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

func TestAnRTSPCameraAndWhyItCannotBeOpened(t *testing.T) {
	host, _ := rtspServer(t, "--user", "admin", "--password", "hunter2")
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	s, err := open(t, "rtsp://admin:hunter2@"+host+"/stream", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n, f, err := read(t, s, 10); n != 10 || f.Width != 320 || f.Height != 240 {
		t.Errorf("%d frames of %d×%d, %v", n, f.Width, f.Height, err)
	}
	s.Close()
	closed := closedPort(t)
	for name, tc := range map[string]struct {
		address string
		want    error
		words   string
	}{
		"a wrong password": {"rtsp://admin:secret@" + host + "/stream", capture.ErrAuth, "try them in the camera's own web page"},
		"no password":      {"rtsp://" + host + "/stream", capture.ErrAuth, "none was given"},
		"a wrong path":     {"rtsp://admin:hunter2@" + host + "/strem", capture.ErrNotFound, "look the path up"},
		"nothing there":    {"rtsp://admin:secret@" + closed + "/stream", capture.ErrRefused, "is the camera on"},
		"no such host":     {"rtsp://camera.invalid/stream", capture.ErrDNS, "no host of that name"},
		"silence":          {"rtsp://" + silent.Addr().String() + "/stream", capture.ErrTimeout, "does not answer"},
		"a web server":     {"rtsp://" + web.Listener.Addr().String() + "/stream", capture.ErrProtocol, "does not speak RTSP"},
		"no encryption":    {"rtsps://" + host + "/stream", capture.ErrTLS, "encrypted connection failed"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(t, tc.address, Options{OpenTimeout: 2 * time.Second})
			if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.words) {
				t.Errorf("%v, want %v and %q", err, tc.want, tc.words)
			}
			if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "hunter2")) {
				t.Errorf("%v tells the password", err)
			}
		})
	}
}

func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	return l.Addr().String()
}

// An RTSP camera that disappears and returns at the same address goes on.
func TestAnRTSPCameraDisappearsAndReturns(t *testing.T) {
	host, stop := rtspServer(t)
	_, port, _ := net.SplitHostPort(host)
	a, err := address.Parse("rtsp://" + host + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	var stats capture.Stats
	slot, done := capture.NewLatest(capture.Newest), make(chan error, 1)
	waited := make(chan error, 100)
	go func() {
		done <- capture.Supervise(ctx, capture.Options{
			Name: "c", Stats: &stats, OpenTimeout: 5 * time.Second, ReadTimeout: 3 * time.Second,
			Open: func(ctx context.Context) (capture.Source, error) {
				return Open(ctx, a, Options{OpenTimeout: 4 * time.Second, ReadTimeout: 2 * time.Second})
			},
			OnState: func(s capture.State) {
				if s.Err != nil {
					waited <- s.Err
				}
			},
		}, slot)
	}()
	var f capture.Frame
	take := func(frames int) {
		t.Helper()
		for range frames {
			if err := slot.Take(ctx, &f); err != nil {
				t.Fatal(err)
			}
		}
	}
	take(5)
	stop()
	select {
	case err := <-waited:
		t.Log(err)
	case <-ctx.Done():
		t.Fatal("the loss of the camera was not noticed")
	}
	rtspServer(t, "--port", port)
	take(5)
	if stats.Opens.Load() < 2 || stats.Abandoned.Load() != 0 {
		t.Errorf("%d opens, %d abandoned", stats.Opens.Load(), stats.Abandoned.Load())
	}
	cancel()
	<-done
}

// A camera whose size is changed in its settings goes on with frames of the new
// size: none that mixes both, none with memory of neither.
func TestRTSP_SizeChangesMidStream(t *testing.T) {
	for name, sizes := range map[string][2]string{"narrower": {"640x480", "480x480"}, "smaller": {"1920x1080", "320x240"}} {
		t.Run(name, func(t *testing.T) {
			var joined []byte
			for _, size := range sizes {
				file := filepath.Join(t.TempDir(), "v.ts")
				// One grey level a size, so that foreign memory shows in any pixel.
				level := map[bool]string{true: "0x404040", false: "0xa0a0a0"}[size == sizes[0]]
				if out, err := exec.Command("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "color="+level+":size="+size+":rate=25:duration=2", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-g", "10", "-bf", "0", file).CombinedOutput(); err != nil {
					t.Fatalf("ffmpeg: %v: %s", err, out)
				}
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				joined = append(joined, data...)
			}
			file := filepath.Join(t.TempDir(), "joined.ts")
			if err := os.WriteFile(file, joined, 0o600); err != nil {
				t.Fatal(err)
			}
			host, _ := rtspServer(t, "--file", file)
			s, err := open(t, "rtsp://"+host+"/stream", Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			seen := map[string]int{}
			var f capture.Frame
			for err = s.Read(context.Background(), &f); err == nil; err = s.Read(context.Background(), &f) {
				size := fmt.Sprintf("%dx%d", f.Width, f.Height)
				seen[size]++
				level := map[string]byte{sizes[0]: 0x40, sizes[1]: 0xa0}[size]
				for i, p := range f.Pix {
					if f.Damaged == "" && (p < level-3 || p > level+3) {
						t.Fatalf("a frame of %s has %d at byte %d, want %d", size, p, i, level)
					}
				}
			}
			if !errors.Is(err, capture.ErrEnded) || len(seen) != 2 || seen[sizes[0]] < 20 || seen[sizes[1]] < 20 {
				t.Errorf("got frames %v, then %v; want 20 or more of %v each, then %v", seen, err, sizes, capture.ErrEnded)
			}
		})
	}
}

// part writes one picture of an MJPEG stream.
func part(w io.Writer, data []byte) error {
	_, err := fmt.Fprintf(w, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(data), data)
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	return err
}

func mjpeg(serve func(w http.ResponseWriter, r *http.Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
		serve(w, r)
	})
}

func TestWhatCamerasOverHTTPDoWrong(t *testing.T) {
	good := jpegOf(t, 64, 48)
	answer := func(kind, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, body)
		})
	}
	streamThen := func(after func(w http.ResponseWriter, r *http.Request)) http.Handler {
		return mjpeg(func(w http.ResponseWriter, r *http.Request) {
			for range 3 {
				if part(w, good) != nil {
					return
				}
			}
			after(w, r)
		})
	}
	status := func(n int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(n) })
	}
	for name, tc := range map[string]struct {
		handler http.Handler
		want    error
		words   string
		frames  int
	}{
		"401":                  {status(401), capture.ErrAuth, "none was given", 0},
		"404":                  {status(404), capture.ErrNotFound, "look the path up", 0},
		"503":                  {status(503), capture.ErrBusy, "busy", 0},
		"500":                  {status(500), capture.ErrProtocol, "it answers 500", 0},
		"a web page":           {answer("text/html", "<html>"), capture.ErrProtocol, "neither MJPEG nor a picture", 0},
		"silence at the start": {http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), capture.ErrTimeout, "is the camera on", 0},
		"a stall":              {streamThen(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), capture.ErrTimeout, "no whole picture within 300ms", 3},
		"a reset":              {streamThen(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), capture.ErrEnded, "the stream ended", 3},
		"a drip": {streamThen(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "--frame\r\nContent-Length: 100000\r\n\r\n")
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte{0})
				w.(http.Flusher).Flush()
				time.Sleep(20 * time.Millisecond)
			}
		}), capture.ErrTimeout, "no whole picture", 3},
		"garbage for a boundary": {streamThen(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "Internal error\r\n") }), capture.ErrEnded, `after the line "Internal error"`, 3},
		"garbage without lines":  {streamThen(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte{7}, 1<<20)) }), capture.ErrCodec, "no picture in", 3},
		"garbage for a picture":  {streamThen(func(w http.ResponseWriter, _ *http.Request) { _ = part(w, []byte("no picture")) }), capture.ErrEnded, "", 4},
		"a picture cut off":      {streamThen(func(w http.ResponseWriter, _ *http.Request) { _ = part(w, good[:len(good)-100]); _ = part(w, good) }), capture.ErrEnded, "", 5},
		"a picture without end": {streamThen(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "--frame\r\nContent-Length: 999999999999\r\n\r\n")
		}), capture.ErrEnded, "", 3},
		"a picture's 404":  {answer("image/jpeg", "no picture"), capture.ErrCodec, "not a usable picture", 0},
		"an empty picture": {answer("image/jpeg", ""), capture.ErrCodec, "the file is empty", 0},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(tc.handler)
			defer server.Close()
			s, err := open(t, server.URL+"/v#fps=50", Options{OpenTimeout: 300 * time.Millisecond, ReadTimeout: 300 * time.Millisecond})
			frames := 0
			if err == nil {
				frames, _, err = read(t, s, 100)
				s.Close()
			}
			if frames != tc.frames || !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.words) {
				t.Errorf("%d frames, then %v; want %d, then %v with %q", frames, err, tc.frames, tc.want, tc.words)
			}
		})
	}
}

func TestMJPEGAndPicturesAreToldApartByTheAnswer(t *testing.T) {
	small, large := jpegOf(t, 64, 48), jpegOf(t, 128, 96)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); r.URL.Path == "/private.jpg" && (user != "u" || password != "p/1") {
			w.Header().Set("WWW-Authenticate", `Basic realm="camera"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if strings.HasSuffix(r.URL.Path, ".jpg") {
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = w.Write(small)
			return
		}
		w.Header().Set("Content-Type", `multipart/x-mixed-replace; boundary="--frame"`)
		for _, data := range [][]byte{small, large, small} { // the size changes mid-stream
			if r.URL.Path == "/unsized" {
				fmt.Fprintf(w, "--frame\r\n\r\n%s\r\n", data)
			} else {
				_ = part(w, data)
			}
		}
		_, _ = io.WriteString(w, "--frame--\r\n")
	}))
	defer server.Close()
	for path, want := range map[string]int{"/video": 3, "/unsized": 3, "/shot.jpg": 5, "/private.jpg": 5} {
		s, err := open(t, strings.Replace(server.URL, "http://", "http://u:p%2F1@", 1)+path+"#fps=100", Options{})
		if err != nil {
			t.Fatal(err)
		}
		n, f, err := read(t, s, 5)
		if n != want || f.Width == 0 || len(f.Pix) != 3*f.Width*f.Height || (want == 3) != errors.Is(err, capture.ErrEnded) {
			t.Errorf("%s: %d frames, the last %d×%d, then %v", path, n, f.Width, f.Height, err)
		}
		s.Close()
	}
}

func TestACertificateOfAnUnknownIssuerIsNamed(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	server.Config.ErrorLog = nil
	if _, err := open(t, server.URL, Options{}); !errors.Is(err, capture.ErrTLS) || !strings.Contains(err.Error(), "issuer is unknown") {
		t.Error(err)
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	if _, err := open(t, strings.Replace(plain.URL, "http:", "https:", 1), Options{}); !errors.Is(err, capture.ErrTLS) || !strings.Contains(err.Error(), "write http://") {
		t.Error(err)
	}
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
			t.Errorf("half a video gave %d frames, then %v", n, err)
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
		t.Errorf("%d pictures, the last %d wide, then %v; left out %q", n, f.Width, err, bad)
	}
	if len(skipped) != 2 || !strings.HasPrefix(skipped[0], "1 .heic file is not read") || !strings.HasPrefix(skipped[1], "2 files and folders were made by other programs") {
		t.Errorf("skipped %q, wanted a .heic and two of other programs", skipped)
	}
}

// descriptors counts the open files of this process.
func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// resident returns the memory that this process holds, in bytes.
func resident(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(data), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

func TestAThousandOpenFailuresGrowNothing(t *testing.T) {
	var asked atomic.Int64
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer refusing.Close()
	garbage := filepath.Join(t.TempDir(), "garbage.mp4")
	if err := os.WriteFile(garbage, bytes.Repeat([]byte("garbage"), 999), 0o600); err != nil {
		t.Fatal(err)
	}
	addresses := []string{"rtsp://" + closedPort(t) + "/stream", strings.Replace(refusing.URL, "//", "//u:p@", 1), garbage, "v4l2:///dev/video99"}
	fail := func(times int) {
		for i := range times {
			if s, err := open(t, addresses[i%len(addresses)], Options{OpenTimeout: time.Second}); err == nil {
				s.Close()
				t.Fatal("it opened")
			}
		}
	}
	settled := func() (int, int) {
		http.DefaultClient.CloseIdleConnections()
		deadline := time.Now().Add(10 * time.Second)
		least, open := runtime.NumGoroutine(), descriptors(t)
		for time.Now().Before(deadline) {
			runtime.GC()
			time.Sleep(20 * time.Millisecond)
			n, d := runtime.NumGoroutine(), descriptors(t)
			if n == least && d == open {
				break
			}
			least, open = n, d
		}
		return least, open
	}
	fail(100)
	goroutines, files := settled()
	memory := resident(t)
	fail(1000)
	moreGoroutines, moreFiles := settled()
	if moreGoroutines > goroutines+3 || moreFiles > files+3 {
		t.Errorf("goroutines %d → %d, descriptors %d → %d", goroutines, moreGoroutines, files, moreFiles)
	}
	if grown := resident(t) - memory; grown > 32<<20 {
		t.Errorf("memory grew by %d bytes", grown)
	}
	if asked.Load() < 250 {
		t.Errorf("the server was asked %d times", asked.Load())
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
		t.Errorf("%+v, %v: the server gives 20 frames a second of 320 × 240", r, err)
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
