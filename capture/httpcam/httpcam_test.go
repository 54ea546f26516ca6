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
)

func partsOf(data []byte, declared string) *parts {
	return &parts{body: bytes.NewReader(data), declared: declared}
}

func TestAPartEndsWhereItsLengthSaysOrTheNextBegins(t *testing.T) {
	for name, data := range map[string]string{
		"with lengths":       "--b\r\nContent-Length: 4\r\n\r\nab\r\n\r\n--b\r\ncontent-length: 1\r\n\r\nc\r\n--b--\r\n",
		"without":            "\r\n--b\r\nContent-Type: image/jpeg\r\n\r\nab\r\n\r\n--b\r\n\r\nc\r\n--b--\r\n\r\n",
		"lines without CR":   "--b\nContent-Length: 4\n\nab\r\n\n--b\nContent-Length: 1\n\nc\n--b--\n",
		"blank lines around": "\r\n\r\n--b\r\nContent-Length: 4\r\n\r\nab\r\n\r\n\r\n\r\n--b\r\nContent-Length: 1\r\n\r\nc\r\n--b--\r\n",
	} {
		p := partsOf([]byte(data), "b")
		for _, want := range []string{"ab\r\n", "c"} {
			if got, err := p.next(); err != nil || string(got) != want {
				t.Errorf("%s: %q, %v, want %q", name, got, err, want)
			}
		}
		if _, err := p.next(); !errors.Is(err, capture.ErrEnded) {
			t.Errorf("%s: after the last part: %v", name, err)
		}
	}
}

// A camera that knows Digest only, as most do.
func TestDigestAuthentication(t *testing.T) {
	challenge := &digest.Challenge{Realm: "camera", Nonce: "n", Algorithm: "MD5", QOP: []string{"auth"}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, err := digest.ParseCredentials(r.Header.Get("Authorization"))
		if err == nil {
			var right *digest.Credentials
			right, err = digest.Digest(challenge, digest.Options{Method: r.Method, URI: given.URI, Count: given.Nc, Cnonce: given.Cnonce, Username: "u", Password: "p@1"})
			if err == nil && right.Response == given.Response {
				w.Header().Set("Content-Type", "image/jpeg")
				_, _ = io.WriteString(w, "picture")
				return
			}
		}
		w.Header().Set("WWW-Authenticate", challenge.String())
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer server.Close()
	decode := func(f *capture.Frame, data []byte) error { f.Name = string(data); return nil }
	s, err := Open(context.Background(), strings.Replace(server.URL, "//", "//u:p%401@", 1), Options{Decode: decode, FPS: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var f capture.Frame
	if err := s.Read(context.Background(), &f); err != nil || f.Name != "picture" {
		t.Errorf("%q, %v", f.Name, err)
	}
	if _, err := Open(context.Background(), strings.Replace(server.URL, "//", "//u:wrong@", 1), Options{Decode: decode}); !errors.Is(err, capture.ErrAuth) || strings.Contains(err.Error(), "wrong@") {
		t.Errorf(`got err %+v; want errors.Is(err, capture.ErrAuth), not strings.Contains(err.Error(), "wrong@")`, err)
	}
}

func TestEveryReadEndsWithItsContext(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=b")
		_, _ = io.WriteString(w, "--b\r\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	s, err := Open(context.Background(), server.URL, Options{ReadTimeout: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	if err := s.Read(ctx, new(capture.Frame)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
