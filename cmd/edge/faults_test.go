package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/internal/need"
	"pristine/web"
)

// faultyCameras are lines of a configuration, by the cause that each is to say.
func faultyCameras(t *testing.T) (lines string, causes map[string]error) {
	t.Helper()
	picture, err := opencv.EncodeJPEG(make([]byte, 3*64*64), 64, 64, 90)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/locked" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=b")
		_, _ = w.Write([]byte("--b\r\n\r\n" + string(picture) + "\r\n--b\r\n"))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	causes = map[string]error{}
	for _, fault := range []struct {
		name, source string
		cause        error
	}{
		{"hangs", "gst://appsrc ! video/x-raw,format=BGR,width=64,height=64,framerate=1/1 ! appsink", capture.ErrTimeout}, // a source that gets no data
		{"locked", strings.Replace(server.URL, "//", "//admin:hunter2@", 1) + "/locked", capture.ErrAuth},
		{"stalls", server.URL + "/stalls", capture.ErrTimeout},
		{"missing", "v4l2:///dev/video99", capture.ErrNotFound},
		{"refuses", "rtsp://admin:hunter2@127.0.0.1:1/stream", capture.ErrRefused},
	} {
		lines += "  - {name: " + fault.name + ", source: '" + fault.source + "', open_timeout: 1s, read_timeout: 1s, silent_after: 2s}\n"
		causes[fault.name] = fault.cause
	}
	return lines, causes
}

// paced is an agent that is a process of its own, since a call that hangs in C
// would stay in this one. It runs only between goOn and rate.
type paced struct {
	*exec.Cmd
	t     *testing.T
	out   *buffer
	page  string
	began time.Time
	from  uint64
}

const healthy = "  - {name: good-1, source: 'testline://?fps=8&seed=1'}\n  - {name: good-2, source: 'testline://?fps=8&seed=2'}\n"

func startPaced(t *testing.T, cameras string) *paced {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "edge.yaml")
	text := "events: {dir: " + dir + "/events, listen: '127.0.0.1:0'}\nhttp: {listen: '127.0.0.1:0'}\ncameras:\n" + cameras
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &paced{t: t}
	p.Cmd, p.out = process(t, nil, "run", "--config", file)
	until(t, "scored frames", p.out, func() bool {
		at := pageAt.FindStringSubmatch(p.out.String())
		if at == nil {
			return false
		}
		p.page = at[1]
		return p.scored() > 4
	})
	p.send(syscall.SIGSTOP)
	return p
}

func (p *paced) send(s syscall.Signal) {
	p.t.Helper()
	if err := p.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// scored counts the frames of the healthy cameras.
func (p *paced) scored() (n uint64) {
	for _, c := range statusOf(p.t, p.page).Cameras {
		if strings.HasPrefix(c.Name, "good") {
			n += c.Scored
		}
	}
	return n
}

func (p *paced) goOn() {
	p.send(syscall.SIGCONT)
	p.from, p.began = p.scored(), time.Now()
}

// rate stops the agent, and returns what it scored in how many seconds.
func (p *paced) rate() (frames, seconds float64) {
	n, took := p.scored()-p.from, time.Since(p.began)
	p.send(syscall.SIGSTOP)
	return float64(n), took.Seconds()
}

// The share of their rate alone that cameras have beside faulty ones at least,
// and what it is where other work leaves them less than nine tenths of the
// source's rate: there the turns differ by what else runs.
const (
	leastRatio        = 0.95
	leastRatioStarved = 0.7
	fullRate          = 16 // of the healthy cameras
)

// Cameras that hang, refuse, stall and are missing: each says so by name, and
// the cameras beside them go on at the rate that they have alone. The two
// agents take turns of a second, so that other work on the machine weighs on
// both.
func TestFaultyCamerasDoNotSlowTheOthers(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	faulty, causes := faultyCameras(t)
	alone, beside := startPaced(t, healthy), startPaced(t, healthy+faulty)
	defer http.DefaultClient.CloseIdleConnections()
	const turn, leastTurns, mostTurns = time.Second, 6, 30
	var frames, seconds [2]float64
	ratio, least, turns := 0.0, leastRatio, 0
	for ; turns < leastTurns || ratio < least && turns < mostTurns; turns++ {
		for i, p := range []*paced{alone, beside} {
			p.goOn()
			time.Sleep(turn) // what is measured takes time
			n, took := p.rate()
			frames[i], seconds[i] = frames[i]+n, seconds[i]+took
		}
		rate := frames[0] / seconds[0]
		ratio = frames[1] / seconds[1] / rate
		if least = leastRatio; rate < 0.9*fullRate {
			least = leastRatioStarved
		}
	}
	t.Logf("%.1f frames/s alone, %.1f beside faulty cameras: ratio %.2f, in %d turns", frames[0]/seconds[0], frames[1]/seconds[1], ratio, turns)
	if !(ratio >= least) {
		t.Errorf("beside faulty cameras the others run at %.2f of their rate", ratio)
	}
	alone.send(syscall.SIGCONT)
	alone.send(syscall.SIGTERM)
	beside.send(syscall.SIGCONT)
	log := func(name string, cause error) bool {
		for line := range strings.Lines(beside.out.String()) {
			if strings.Contains(line, "camera="+name) && strings.Contains(line, cause.Error()) {
				return true
			}
		}
		return false
	}
	for name, cause := range causes {
		until(t, fmt.Sprintf("camera %s to say %q", name, cause), beside.out, func() bool { return log(name, cause) })
	}
	until(t, "INVALID for each camera without frames", beside.out, func() bool { return silent(statusOf(t, beside.page)) == len(causes) })
	beside.send(syscall.SIGTERM)
	for _, p := range []*paced{alone, beside} {
		if err := p.Wait(); err != nil {
			t.Errorf("%v: %s", err, p.out.String())
		}
	}
	if strings.Contains(beside.out.String(), "hunter2") {
		t.Error("the log tells the password")
	}
}

// silent counts the cameras whose last result is INVALID no_frame.
func silent(s web.Status) (n int) {
	for _, c := range s.Cameras {
		if c.Last != nil && c.Last.Verdict == "INVALID" && c.Last.Reason == "no_frame" {
			n++
		}
	}
	return n
}
