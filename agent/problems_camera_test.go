package agent

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pristine/capture/opencv"
	"pristine/events"
	"pristine/internal/mjpegtest"
	"pristine/internal/problem"
)

// networkCamera is a camera that serves MJPEG as its mode says.
type networkCamera struct {
	url  string
	mode atomic.Int32
}

const (
	serves int32 = iota
	unauthorized
	black
)

func newNetworkCamera(t *testing.T, mode int32) *networkCamera {
	t.Helper()
	const side = 128
	var pictures [][]byte
	for _, level := range []int{0, 2, 4, 6, 40, 80, 120, 160} { // four black ones, and four that are not
		jpeg, err := opencv.EncodeJPEG(bytes.Repeat([]byte{byte(level)}, 3*side*side), side, side, 90)
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, jpeg)
	}
	c := &networkCamera{}
	c.mode.Store(mode)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.mode.Load() == unauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="camera"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		stream := mjpegtest.Begin(w)
		pace := time.NewTicker(20 * time.Millisecond)
		defer pace.Stop()
		for i := 0; r.Context().Err() == nil && c.mode.Load() != unauthorized; i++ {
			jpeg := pictures[4+i%4]
			if c.mode.Load() == black {
				jpeg = pictures[i%4]
			}
			if stream.Send(jpeg) != nil {
				return
			}
			<-pace.C
		}
	}))
	t.Cleanup(s.Close)
	c.url = strings.Replace(s.URL, "http://", "http://admin:hunter2@", 1) + "/stream.mjpg"
	return c
}

func (c *networkCamera) config(t *testing.T) string {
	return "cameras:\n  - {name: belt, source: '" + c.url + "', prompts: " + armed(t) + ", hold_off: 0s}\n"
}

func TestProblems_CameraRefusesCredentials(t *testing.T) {
	c := newNetworkCamera(t, unauthorized)
	r := watch(t, settings(t, t.TempDir(), c.config(t)))
	want := expected{problem.CameraWaiting, "belt", "auth", "user or password is not accepted (401)", 503, 503, 503}
	r.shown(want)
	r.event("the camera's state", func(e events.Received) bool {
		state, err := e.State()
		return err == nil && state.Subject == "camera" && state.State == "waiting" && state.Cause == "auth"
	})
	if strings.Contains(r.get("/status")+r.out.String(), "hunter2") {
		t.Errorf("the password is shown:\n%s", r.out)
	}
	c.mode.Store(serves)
	r.gone(want)
	r.answers(200, 200, 200)
}

func TestProblems_InvalidPictures(t *testing.T) {
	c := newNetworkCamera(t, black)
	r := watch(t, settings(t, t.TempDir(), c.config(t)))
	want := expected{problem.VerdictInvalid, "belt", "black", "INVALID: black", 503, 200, 503}
	r.shown(want)
	c.mode.Store(serves)
	r.gone(want)
	r.answers(200, 200, 200)
}
