package httpcam

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"pristine/capture"
	"pristine/capture/jpeg"
)

// sniffed is how many bytes of an answer are looked at.
const sniffed = 64

// looks is what an answer is by its first bytes: what its Content-Type says is often
// wrong, or missing.
type looks int

const (
	unknown looks = iota
	aPicture
	aStream
	aVideo
	aPage
)

func looksLike(first []byte) looks {
	text := bytes.TrimLeft(first, "\r\n\t ")
	kind := http.DetectContentType(first)
	switch {
	case bytes.HasPrefix(first, jpeg.Start), strings.HasPrefix(kind, "image/"),
		bytes.HasPrefix(first, []byte("II*\x00")), bytes.HasPrefix(first, []byte("MM\x00*")):
		return aPicture
	case bytes.HasPrefix(text, []byte("--")), startsHeader(text):
		return aStream
	case bytes.HasPrefix(text, []byte("#EXTM3U")), strings.HasPrefix(kind, "video/"), len(first) > 0 && kind == "application/octet-stream":
		return aVideo
	case strings.HasPrefix(kind, "text/html"), strings.HasPrefix(kind, "text/xml"), bytes.HasPrefix(text, []byte("{")):
		return aPage
	}
	return unknown
}

// noCamera describes what answered instead of a camera.
func noCamera(kind string, first []byte) error {
	if kind == "" {
		kind = http.DetectContentType(first)
	}
	remedy := "look the stream's path up in the camera's manual"
	if looksLike(first) == aPage {
		remedy = "it may be a log-in page: write user and password into the address, or " + remedy
	}
	return fmt.Errorf("%w: it sends %q, neither MJPEG nor a picture: %s", capture.ErrProtocol, kind, remedy)
}

// kindOf returns the media type of an answer, in lower case, without parameters.
func kindOf(answer *http.Response) string {
	kind, _, _ := strings.Cut(answer.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// boundary returns the boundary of a Content-Type, which need not follow the rules of
// MIME: blanks and other characters stand in it without quotes.
func boundary(contentType string) string {
	at := strings.Index(strings.ToLower(contentType), "boundary")
	if at < 0 {
		return ""
	}
	value, found := strings.CutPrefix(strings.TrimLeft(contentType[at+len("boundary"):], " "), "=")
	if !found {
		return ""
	}
	if value = strings.TrimSpace(value); strings.HasPrefix(value, `"`) {
		value, _, _ = strings.Cut(value[1:], `"`)
	} else {
		value, _, _ = strings.Cut(value, ";")
	}
	return strings.TrimSpace(value)
}
