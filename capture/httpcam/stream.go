package httpcam

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"pristine/capture"
)

// stream is an MJPEG stream. mime/multipart is not used: it gives a part only
// when the next one has begun, which is a whole frame too late.
type stream struct {
	client   *client
	options  Options
	body     io.ReadCloser
	buffered *bufio.Reader
	boundary []byte // with its two dashes
	cancel   context.CancelCauseFunc
	data     []byte
}

func newStream(c *client, body io.ReadCloser, boundary string, cancel context.CancelCauseFunc, o Options) *stream {
	return &stream{
		client: c, options: o, body: body, buffered: bufio.NewReaderSize(body, 1<<16), cancel: cancel,
		// Some cameras write the dashes into the header too.
		boundary: []byte("--" + strings.TrimPrefix(boundary, "--")),
	}
}

// Read implements capture.Source.
func (s *stream) Read(ctx context.Context, f *capture.Frame) error {
	_, err := within(ctx, s.cancel, s.options.ReadTimeout, func() (struct{}, error) { return struct{}{}, s.part() })
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, capture.ErrTimeout), errors.Is(err, context.Canceled):
		return fmt.Errorf("read %s: %w: no whole picture within %v", s.client.shown, capture.ErrTimeout, s.options.ReadTimeout)
	case err != nil:
		return fmt.Errorf("read %s: %w", s.client.shown, err)
	}
	f.Captured = time.Now()
	if err := s.options.Decode(f, s.data); err != nil {
		return fmt.Errorf("read %s: %w: %w", s.client.shown, capture.ErrCodec, err)
	}
	return nil
}

// part reads the next picture into s.data.
func (s *stream) part() error {
	for { // what stands before the boundary: nothing, or an empty line
		line, err := s.buffered.ReadSlice('\n')
		if err != nil {
			return ended(err)
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			continue
		}
		if bytes.Equal(line, append(s.boundary[:len(s.boundary):len(s.boundary)], "--"...)) {
			return capture.ErrEnded
		}
		if !bytes.Equal(line, s.boundary) {
			return fmt.Errorf("%w: no MJPEG: %.20q stands where the boundary %q should", capture.ErrCodec, line, s.boundary)
		}
		break
	}
	header, err := textproto.NewReader(s.buffered).ReadMIMEHeader()
	if err != nil {
		return ended(err)
	}
	text := header.Get("Content-Length")
	if text == "" {
		return s.untilBoundary()
	}
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 || n > MaxBytes {
		return fmt.Errorf("%w: a picture of %.20q bytes: at most %d are read", capture.ErrCodec, text, MaxBytes)
	}
	s.data = resize(s.data, n)
	if _, err := io.ReadFull(s.buffered, s.data); err != nil {
		return ended(err)
	}
	return nil
}

// untilBoundary reads a picture whose length was not told.
func (s *stream) untilBoundary() error {
	s.data = s.data[:0]
	for {
		piece, err := s.buffered.ReadSlice('\n')
		s.data = append(s.data, piece...)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return ended(err)
		}
		if len(s.data) > MaxBytes {
			return fmt.Errorf("%w: a picture of more than %d bytes", capture.ErrCodec, MaxBytes)
		}
		if err != nil {
			continue
		}
		if next, err := s.buffered.Peek(len(s.boundary)); err == nil && bytes.Equal(next, s.boundary) {
			s.data = bytes.TrimSuffix(s.data, []byte("\n"))
			s.data = bytes.TrimSuffix(s.data, []byte("\r"))
			return nil
		}
	}
}

func resize(data []byte, n int) []byte {
	if cap(data) < n {
		return make([]byte, n)
	}
	return data[:n]
}

// ended names how a stream came to its end.
func ended(err error) error {
	switch {
	case errors.Is(err, capture.ErrTimeout), errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return capture.ErrEnded
	case errors.Is(err, bufio.ErrBufferFull):
		return fmt.Errorf("%w: no MJPEG: no boundary in %d bytes", capture.ErrCodec, 1<<16)
	}
	var protocol textproto.ProtocolError
	if errors.As(err, &protocol) {
		return fmt.Errorf("%w: no MJPEG: %w", capture.ErrCodec, err)
	}
	return fmt.Errorf("%w: %w", capture.ErrEnded, err)
}

// Close implements capture.Source.
func (s *stream) Close() error {
	s.cancel(nil)
	err := s.body.Close()
	s.client.close()
	return err
}
