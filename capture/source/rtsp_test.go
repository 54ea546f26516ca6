package source

import (
	"bufio"
	"context"
	"errors"
	"fmt"
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
	"pristine/capture/address"
)

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
		t.Errorf("%d frames of %d×%d, %v; want n == 10, f.Width == 320, f.Height == 240", n, f.Width, f.Height, err)
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
