package httpcam

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"pristine/capture"
	"pristine/capture/jpeg"
)

// Bounds of what stands between two pictures.
const (
	maxLine   = 64 << 10
	maxJunk   = 1 << 20
	chunk     = 64 << 10 // that is read at once
	maxOthers = 10       // parts in a row that are no pictures
)

// parts reads the pictures of an MJPEG stream, as cameras send them.
//
// Between two pictures stand lines: any that begins with two dashes is a boundary,
// whatever the Content-Type called it, and so is the name that it gave. A JPEG
// begins with its start marker and ends with its end marker: neither a boundary nor
// a length is needed, and wrong ones do no harm. A picture of another format ends
// where its length says, or before the next boundary.
//
// mime/multipart is not used: it gives a part only when the next one has begun,
// which is a whole frame too late, and knows none of the above.
type parts struct {
	body     io.Reader
	declared string // boundary of the Content-Type; "" without one
	boundary []byte // the first that was seen
	walker   jpeg.Walker

	buffer   []byte
	from, to int // of buffer: what was read and not used

	pictures int
	others   int    // parts in a row that were no pictures
	kind     string // of the last of them
	strange  []byte // the last line that was no header
	said     string // the last Content-Type of a part
	meant    string // the kind in it
}

// next returns the next picture. It is valid until the next call.
func (p *parts) next() ([]byte, error) {
	for {
		h, err := p.header()
		if err != nil {
			return nil, err
		}
		var data []byte
		if bytes.HasPrefix(p.rest(), jpeg.Start) {
			data, err = p.jpeg(h)
		} else {
			data, err = p.other(h)
		}
		switch {
		case err != nil:
			return nil, err
		case len(data) == 0: // some cameras keep the connection alive with empty parts
		case h.kind != "" && !strings.HasPrefix(h.kind, "image/") && !bytes.HasPrefix(data, jpeg.Start):
			if p.kind, p.others = h.kind, p.others+1; p.others >= maxOthers {
				return nil, fmt.Errorf("%w: its parts are %.40q, no pictures: choose MJPEG in the camera's settings", capture.ErrCodec, p.kind)
			}
		default:
			p.pictures, p.others, p.strange = p.pictures+1, 0, p.strange[:0]
			return data, nil
		}
	}
}

func (p *parts) rest() []byte { return p.buffer[p.from:p.to] }

// fill reads more, behind what there is.
func (p *parts) fill() error {
	if len(p.buffer)-p.to < chunk {
		if p.from >= chunk || p.from == p.to {
			p.to = copy(p.buffer, p.rest())
			p.from = 0
		}
		if len(p.buffer)-p.to < chunk {
			p.buffer = append(p.buffer[:p.to], make([]byte, max(p.to, chunk))...)
		}
	}
	n, err := io.ReadAtLeast(p.body, p.buffer[p.to:p.to+chunk], 1)
	p.to += n
	if err != nil {
		return p.ended(err)
	}
	return nil
}

// jpeg reads up to the end marker; where the picture has none, up to the next
// boundary or picture.
func (p *parts) jpeg(h part) ([]byte, error) {
	p.walker.Reset()
	for {
		rest := p.rest()
		end, state := p.walker.Walk(rest)
		if state == jpeg.More && h.length > 0 && h.length < len(rest) && p.follows(rest[h.length:]) {
			end, state = h.length, jpeg.Broken
		}
		if state != jpeg.More {
			if at := p.within(rest[:end]); at >= 0 {
				end = at
			}
			return p.consume(end), nil
		}
		if len(rest) > MaxBytes {
			return nil, fmt.Errorf("%w: picture larger than the limit of %d bytes", capture.ErrCodec, MaxBytes)
		}
		if err := p.fill(); err != nil {
			return nil, err
		}
	}
}

// other reads what is no JPEG.
func (p *parts) other(h part) ([]byte, error) {
	if h.length > MaxBytes {
		return nil, fmt.Errorf("%w: a picture of %d bytes: at most %d are read", capture.ErrCodec, h.length, MaxBytes)
	}
	for looked := 0; ; {
		rest := p.rest()
		if h.length >= 0 && len(rest) >= h.length {
			return p.consume(h.length), nil
		}
		if h.length < 0 {
			if at := p.within(rest[looked:]); at >= 0 {
				return bytes.TrimSuffix(p.consume(looked+at), []byte("\r")), nil
			}
			looked = max(len(rest)-len(p.boundary)-maxHeaderName, 0)
		}
		if len(rest) > MaxBytes {
			return nil, fmt.Errorf("%w: picture larger than the limit of %d bytes", capture.ErrCodec, MaxBytes)
		}
		if err := p.fill(); err != nil {
			return nil, err
		}
	}
}

// consume returns the next n bytes.
func (p *parts) consume(n int) []byte {
	data := p.rest()[:n:n]
	p.from += n
	return data
}

// follows reports whether a boundary comes next.
func (p *parts) follows(data []byte) bool {
	return len(p.boundary) > 0 && bytes.HasPrefix(bytes.TrimLeft(data, "\r\n"), p.boundary)
}

// within returns where in the data a line begins that is the boundary, -1 where there
// is none. The line must end, and another, blank or of a header, must follow: three
// bytes alone stand in every few pictures by chance.
func (p *parts) within(data []byte) int {
	if len(p.boundary) == 0 {
		return -1
	}
	for from := 0; ; {
		at := bytes.Index(data[from:], p.boundary)
		if at < 0 {
			return -1
		}
		at += from
		behind := bytes.TrimPrefix(data[at+len(p.boundary):], []byte("--"))
		behind = bytes.TrimPrefix(bytes.TrimLeft(behind, " "), []byte("\r"))
		line := bytes.TrimPrefix(behind, []byte("\n"))
		if (at == 0 || data[at-1] == '\n') && (startsHeader(line) || len(line) < len(behind) && (len(line) == 0 || bytes.HasPrefix(line, []byte("\r\n")) || bytes.HasPrefix(line, jpeg.Start))) {
			return max(at-1, 0)
		}
		from = at + 1
	}
}

// ended names how a stream came to its end.
func (p *parts) ended(err error) error {
	switch {
	case errors.Is(err, capture.ErrTimeout), errors.Is(err, context.Canceled):
		return err
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %w", capture.ErrEnded, err)
	case len(p.strange) > 0:
		return fmt.Errorf("%w, after the line %q", capture.ErrEnded, p.strange)
	}
	return errClean
}

// errClean is the end of a stream that the camera closed in order.
var errClean = fmt.Errorf("%w", capture.ErrEnded)
