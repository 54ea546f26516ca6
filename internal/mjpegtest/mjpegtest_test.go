package mjpegtest

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Each picture arrives before the next is sent.
func TestStream(t *testing.T) {
	next := make(chan string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		stream := Begin(w)
		for jpeg := range next {
			if err := stream.Send([]byte(jpeg)); err != nil {
				t.Error(err)
			}
		}
	}))
	defer s.Close()
	defer close(next)
	go func() { next <- "one" }()
	answer, err := http.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	_, how, err := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(answer.Body, how["boundary"])
	for i, want := range []string{"one", "two", "three"} {
		if i > 0 {
			next <- want
		}
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(want))
		if _, err := io.ReadFull(part, got); err != nil || string(got) != want || part.Header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("got %q of %s, %v, want %q", got, part.Header.Get("Content-Type"), err, want)
		}
	}
}
