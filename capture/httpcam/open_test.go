package httpcam

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/icholy/digest"

	"pristine/capture"
	"pristine/capture/digestauth"
)

// pictures decodes nothing: it accepts the pictures of this test by their bytes.
func pictures(t testing.TB) func(f *capture.Frame, data []byte) error {
	return func(f *capture.Frame, data []byte) error {
		for n := 1; n <= 3; n++ {
			if bytes.Equal(data, jpegOf(t, n)) {
				f.Name = strings.Repeat("x", n)
				return nil
			}
		}
		return errors.New("no picture of the test")
	}
}

// reads opens the server's address and reads n frames.
func reads(t *testing.T, handler http.HandlerFunc, n int, credentials string) error {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	s, err := Open(context.Background(), strings.Replace(server.URL, "//", "//"+credentials, 1)+"/snap", Options{Decode: pictures(t), FPS: 200, OpenTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second})
	if err != nil {
		return err
	}
	defer s.Close()
	for range n {
		var f capture.Frame
		if err := s.Read(context.Background(), &f); err != nil {
			return err
		}
	}
	return nil
}

// What an address gives is told by its first bytes, whatever the Content-Type says.
func TestOpen_ByTheFirstBytes(t *testing.T) {
	one := string(jpegOf(t, 1))
	part := "--b\r\nContent-Type: image/jpeg\r\n\r\n" + one + "\r\n"
	for name, tc := range map[string]struct{ kind, body string }{
		"a picture":                       {"image/jpeg", one},
		"without a type":                  {"-", one},
		"as text":                         {"text/plain", one},
		"as bytes":                        {"application/octet-stream", one},
		"as a web page":                   {"text/html", one},
		"as another picture":              {"image/png", one},
		"as a stream":                     {"multipart/x-mixed-replace; boundary=b", one},
		"a stream of one":                 {"multipart/x-mixed-replace; boundary=b", part},
		"a picture that is a stream":      {"image/jpeg", part},
		"a stream":                        {"multipart/x-mixed-replace; boundary=b", strings.Repeat(part, 5)},
		"a stream as bytes":               {"application/octet-stream", strings.Repeat(part, 5)},
		"a stream as text":                {"text/plain", strings.Repeat(part, 5)},
		"a stream without a type":         {"-", strings.Repeat(part, 5)},
		"a stream that begins with parts": {"application/octet-stream", strings.TrimPrefix(strings.Repeat(part, 5), "--b\r\n")},
	} {
		for _, chunked := range []bool{false, true} {
			err := reads(t, func(w http.ResponseWriter, _ *http.Request) {
				if w.Header()["Content-Type"] = nil; tc.kind != "-" {
					w.Header().Set("Content-Type", tc.kind)
				}
				if chunked {
					w.(http.Flusher).Flush()
				}
				_, _ = io.WriteString(w, tc.body)
			}, 5, "")
			if err != nil {
				t.Errorf("%s, without a length: %v: %v", name, chunked, err)
			}
		}
	}
}

// A log-in page stays refused, with what to do, whatever it is sent as.
func TestOpen_RefusesLogInPages(t *testing.T) {
	for _, kind := range []string{"text/html", "-", "text/plain", "application/octet-stream"} {
		err := reads(t, func(w http.ResponseWriter, _ *http.Request) {
			if w.Header()["Content-Type"] = nil; kind != "-" {
				w.Header().Set("Content-Type", kind)
			}
			_, _ = io.WriteString(w, "<html><body><form action=login>")
		}, 1, "")
		if !errors.Is(err, capture.ErrProtocol) || !strings.Contains(err.Error(), "it may be a log-in page: write user and password into the address") {
			t.Errorf("%s: got %v", kind, err)
		}
	}
	// The session ends while pictures are read.
	n := 0
	err := reads(t, func(w http.ResponseWriter, _ *http.Request) {
		if n++; n > 3 {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html><body>log in")
			return
		}
		_, _ = w.Write(jpegOf(t, 1))
	}, 10, "")
	if !errors.Is(err, capture.ErrProtocol) || n < 4 {
		t.Errorf("a session that ended: got %v after %d requests", err, n)
	}
}

// A session starts with a redirect to the same address, and holds.
func TestOpen_KeepsCookies(t *testing.T) {
	sessions := 0
	for name, credentials := range map[string]string{"without a user": "", "with one": "u:p@"} {
		sessions = 0
		err := reads(t, func(w http.ResponseWriter, r *http.Request) {
			if c, err := r.Cookie("session"); err == nil && c.Value == "7" {
				_, _ = w.Write(jpegOf(t, 1))
				return
			}
			sessions++
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "7", Path: "/"})
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}, 5, credentials)
		if err != nil || sessions != 1 {
			t.Errorf("%s: got %v and %d sessions, want one", name, err, sessions)
		}
	}
}

func TestOpen_DigestAlgorithms(t *testing.T) {
	for _, algorithm := range []string{"", "MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256"} {
		challenge := &digest.Challenge{Realm: "camera", Nonce: "n", Algorithm: algorithm, QOP: []string{"auth"}}
		handler := func(w http.ResponseWriter, r *http.Request) {
			given, err := digest.ParseCredentials(r.Header.Get("Authorization"))
			if err == nil {
				right, err := digestauth.Respond(challenge, digest.Options{Method: r.Method, URI: given.URI, Count: given.Nc, Cnonce: given.Cnonce, Username: "u", Password: "p"})
				if err == nil && right.Response == given.Response && given.Algorithm == algorithm {
					_, _ = w.Write(jpegOf(t, 1))
					return
				}
			}
			w.Header().Add("WWW-Authenticate", `Basic realm="camera"`)
			w.Header().Add("WWW-Authenticate", challenge.String())
			w.WriteHeader(http.StatusUnauthorized)
		}
		if err := reads(t, handler, 3, "u:p@"); err != nil {
			t.Errorf("%q: %v", algorithm, err)
		}
		if err := reads(t, handler, 1, "u:wrong@"); !errors.Is(err, capture.ErrAuth) {
			t.Errorf("%q, a wrong password: got %v, want %v", algorithm, err, capture.ErrAuth)
		}
	}
}

// One damaged picture is a damaged frame; a first one, or many, are no camera.
func TestRead_DamagedPictures(t *testing.T) {
	good, bad := string(jpegOf(t, 1)), string(jpegOf(t, 9))
	part := func(p string) string { return "--b\r\nContent-Type: image/jpeg\r\n\r\n" + p + "\r\n" }
	for name, tc := range map[string]struct {
		body string
		want string // g good, d damaged
		err  error
	}{
		"between others": {part(good) + part(bad) + part(good), "gdg", capture.ErrEnded},
		"the first":      {part(bad) + part(good), "", capture.ErrCodec},
		"many":           {part(good) + strings.Repeat(part(bad), 60), "g" + strings.Repeat("d", mostDamaged-1), capture.ErrCodec},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=b")
			_, _ = io.WriteString(w, tc.body)
		}))
		s, err := Open(context.Background(), server.URL, Options{Decode: pictures(t)})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		var f capture.Frame
		for err == nil {
			if err = s.Read(context.Background(), &f); err == nil && f.Damaged != "" {
				got += "d"
			} else if err == nil {
				got += "g"
			}
		}
		if got != tc.want || !errors.Is(err, tc.err) {
			t.Errorf("%s: got %q, then %v; want %q, then %v", name, got, err, tc.want, tc.err)
		}
		_ = s.Close()
		server.Close()
	}
}

func TestBoundary(t *testing.T) {
	for contentType, want := range map[string]string{
		"":                                     "",
		"multipart/x-mixed-replace":            "",
		"multipart/x-mixed-replace;boundary=b": "b",
		"multipart/x-mixed-replace; boundary=--b; charset=x": "--b",
		`multipart/x-mixed-replace; boundary="my boundary"`:  "my boundary",
		"multipart/x-mixed-replace; boundary=my boundary":    "my boundary",
		"multipart/x-mixed-replace; BOUNDARY =b":             "b", // Motion-Project/motion#1187
		"multipart/x-mixed-replace; boundary = b ":           "b",
		"multipart/x-mixed-replace; boundary":                "",
		`multipart/x-mixed-replace; boundary="b`:             "b",
	} {
		if got := boundary(contentType); got != want {
			t.Errorf("%s: got %q, want %q", contentType, got, want)
		}
	}
}
