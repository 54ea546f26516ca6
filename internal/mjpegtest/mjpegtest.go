package mjpegtest

import (
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
)

// Stream is one answer of a camera.
type Stream struct {
	w     http.ResponseWriter
	parts *multipart.Writer
}

// Begin begins a stream. Nothing else may have been written to w.
func Begin(w http.ResponseWriter) *Stream {
	parts := multipart.NewWriter(w)
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary="+parts.Boundary())
	return &Stream{w, parts}
}

// Send sends one picture. Its error says that the client has gone.
func (s *Stream) Send(jpeg []byte) error {
	part, err := s.parts.CreatePart(textproto.MIMEHeader{"Content-Type": {"image/jpeg"}, "Content-Length": {fmt.Sprint(len(jpeg))}})
	if err != nil {
		return err
	}
	if _, err := part.Write(jpeg); err != nil {
		return err
	}
	return http.NewResponseController(s.w).Flush()
}
