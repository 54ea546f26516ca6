package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pristine/capture"
)

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
			t.Errorf("%s: %d frames, the last %d×%d, then %v; want n == want, f.Width != 0, len(f.Pix) == 3*f.Width*f.Height, (want == 3) == errors.Is(err, capture.ErrEnded)", path, n, f.Width, f.Height, err)
		}
		s.Close()
	}
}

func TestACertificateOfAnUnknownIssuerIsNamed(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	server.Config.ErrorLog = nil
	if _, err := open(t, server.URL, Options{}); !errors.Is(err, capture.ErrTLS) || !strings.Contains(err.Error(), "issuer is unknown") {
		t.Errorf(`got err %+v; want errors.Is(err, capture.ErrTLS), strings.Contains(err.Error(), "issuer is unknown")`, err)
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	if _, err := open(t, strings.Replace(plain.URL, "http:", "https:", 1), Options{}); !errors.Is(err, capture.ErrTLS) || !strings.Contains(err.Error(), "write http://") {
		t.Errorf(`got err %+v; want errors.Is(err, capture.ErrTLS), strings.Contains(err.Error(), "write http://")`, err)
	}
}
