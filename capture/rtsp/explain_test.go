package rtsp

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"pristine/capture"
)

// answering serves one connection with these bytes, and returns its address.
// GStreamer's server is asked in package source.
func answering(t testing.TB, answers ...string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		buffer := make([]byte, 4096)
		for _, answer := range answers {
			if _, err := conn.Read(buffer); err != nil {
				return
			}
			_, _ = io.WriteString(conn, answer)
		}
	}()
	return "rtsp://u:secret@" + l.Addr().String() + "/s"
}

func TestTheAnswerNamesTheCause(t *testing.T) {
	const sdp = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 VP9/90000\r\na=rtpmap:97 H265/90000\r\n"
	for name, tc := range map[string]struct {
		answers []string
		want    error
		words   string
	}{
		"an unknown codec":         {[]string{"RTSP/1.0 200 OK\r\nContent-Length: 73\r\n\r\n" + sdp}, capture.ErrCodec, "VP9, H265"},
		"digest that FFmpeg lacks": {[]string{"RTSP/1.0 401 No\r\nWWW-Authenticate: Digest realm=\"c\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\"\r\n\r\n", "RTSP/1.0 200 OK\r\nContent-Length: 73\r\n\r\n" + sdp}, capture.ErrAuth, "allow MD5 or Basic"},
		"nothing described":        {[]string{"RTSP/1.0 200 OK\r\n\r\n"}, capture.ErrCodec, "no stream"},
		"a lie about length":       {[]string{"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\nx"}, capture.ErrCodec, "no description"},
		"basic, refused":           {[]string{"RTSP/1.0 401 No\r\nWWW-Authenticate: Basic realm=\"c\"\r\n\r\n", "RTSP/1.0 401 No\r\n\r\n"}, capture.ErrAuth, "try them"},
		"too many viewers":         {[]string{"RTSP/1.0 453 Not Enough Bandwidth\r\n\r\n"}, capture.ErrBusy, "too many viewers"},
		"a teapot":                 {[]string{"RTSP/1.0 418 \r\n\r\n"}, capture.ErrProtocol, "it answers 418"},
		"an HTTP server":           {[]string{"HTTP/1.1 400 Bad Request\r\n\r\n"}, capture.ErrProtocol, "does not speak RTSP"},
		"a status of letters":      {[]string{"RTSP/1.0 abc\r\n\r\n"}, capture.ErrProtocol, "does not speak RTSP"},
		"closed at once":           {nil, capture.ErrEnded, "the stream ended"},
		"closed in the answer":     {[]string{"RTSP/1.0 200 OK\r\nContent-"}, capture.ErrEnded, "within its answer"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			err := Explain(ctx, answering(t, tc.answers...))
			if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.words) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v, want %v with %q", err, tc.want, tc.words)
			}
		})
	}
}

func FuzzExplain(f *testing.F) {
	f.Add("RTSP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx")
	f.Add("RTSP/1.0 401 No\r\nWWW-Authenticate: Digest realm=\"\", nonce=\r\n\r\n")
	f.Fuzz(func(t *testing.T, answer string) {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := Explain(ctx, answering(t, answer)); err == nil || strings.Contains(err.Error(), "u:secret") {
			t.Errorf(`got err %+v; want err != nil, not strings.Contains(err.Error(), "u:secret")`, err)
		}
	})
}
