package ffmpeg

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"pristine/capture"
)

// A camera's frame is there once its data is: the decoder does not hold frames back to
// decode several at once. The stream stops sending, but does not end.
func TestLiveFramesAreNotHeldBack(t *testing.T) {
	const n = 60
	data, err := os.ReadFile(video(t, "v.flv", "640x480", n, "-c:v", "libx264", "-bf", "0", "-g", "10", "-f", "flv"))
	if err != nil {
		t.Fatal(err)
	}
	// FLV says when its stream ends, in a packet of its own behind the frames.
	const endOfSequence = "\x17\x02"
	if i := bytes.LastIndex(data, []byte(endOfSequence)); i > 0 {
		data = data[:i-11]
	}
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(data)
		_ = http.NewResponseController(w).Flush()
		<-over
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(over) })
	s, err := Open(t.Context(), server.URL+"/v.flv", Options{ReadTimeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var f capture.Frame
	for i := range n {
		if err := s.Read(context.Background(), &f); err != nil {
			t.Fatalf("%d of %d frames that were sent came: %v", i, n, err)
		}
	}
	if err := s.Read(context.Background(), &f); !errors.Is(err, capture.ErrTimeout) {
		t.Errorf("after the last frame: %v", err)
	}
}
