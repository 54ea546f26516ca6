package httpcam

import (
	"bufio"
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

func streamOf(data []byte) *stream {
	return &stream{buffered: bufio.NewReaderSize(bytes.NewReader(data), 1<<16), boundary: []byte("--b")}
}

func TestAPartEndsWhereItsLengthSaysOrTheNextBegins(t *testing.T) {
	for name, data := range map[string]string{
		"with lengths":       "--b\r\nContent-Length: 4\r\n\r\nab\r\n\r\n--b\r\ncontent-length: 1\r\n\r\nc\r\n--b--\r\n",
		"without":            "\r\n--b\r\nContent-Type: image/jpeg\r\n\r\nab\r\n\r\n--b\r\n\r\nc\r\n--b--\r\n",
		"lines without CR":   "--b\nContent-Length: 4\n\nab\r\n\n--b\nContent-Length: 1\n\nc\n--b--\n",
		"blank lines around": "\r\n\r\n--b\r\nContent-Length: 4\r\n\r\nab\r\n\r\n\r\n\r\n--b\r\nContent-Length: 1\r\n\r\nc\r\n--b--\r\n",
	} {
		s := streamOf([]byte(data))
		for _, want := range []string{"ab\r\n", "c"} {
			if err := s.part(); err != nil || string(s.data) != want {
				t.Errorf("%s: %q, %v, want %q", name, s.data, err, want)
			}
		}
		if err := s.part(); !errors.Is(err, capture.ErrEnded) {
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
		t.Error(err)
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

func FuzzPart(f *testing.F) {
	f.Add([]byte("--b\r\nContent-Length: 2\r\n\r\nab\r\n--b\r\n\r\nc\r\n--b--\r\n"))
	f.Add([]byte("--b\r\nContent-Length: -1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := streamOf(data)
		for range 100 {
			if err := s.part(); err != nil {
				if !errors.Is(err, capture.ErrEnded) && !errors.Is(err, capture.ErrCodec) {
					t.Errorf("%v is none of the causes", err)
				}
				return
			}
			if len(s.data) > len(data) {
				t.Fatalf("%d bytes of %d", len(s.data), len(data))
			}
		}
	})
}
