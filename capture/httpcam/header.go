package httpcam

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"pristine/capture"
	"pristine/capture/jpeg"
)

// part is what the header of a part says.
type part struct {
	length int // -1: unknown
	kind   string
	begun  bool // a line of a header was read
}

// header reads lines up to the first byte of a picture.
func (p *parts) header() (part, error) {
	h := part{length: -1}
	body, skipped := false, 0 // a blank line behind the header was read
	for {
		if body { // no picture begins with a line end
			blank := len(p.rest()) - len(bytes.TrimLeft(p.rest(), "\r\n"))
			p.from += blank
			skipped += blank
		}
		rest := p.rest()
		line := bytes.IndexByte(rest, '\n')
		first := rest // the first line
		if line >= 0 {
			first = rest[:line]
		}
		start := bytes.Index(first, jpeg.Start)
		switch {
		case start == 0:
			return h, nil
		case body && bytes.HasPrefix(rest, []byte("--")): // the part was empty
			body = false
		case body && len(rest) >= len(jpeg.Start):
			return h, nil
		case !body && start > 0:
			p.line(&h, rest[:start])
			p.from += start
			return h, nil
		case skipped > maxJunk || line < 0 && len(rest) > maxLine:
			return h, fmt.Errorf("%w: no MJPEG: no picture in %d bytes, which begin with %.20q", capture.ErrCodec, skipped+len(rest), rest)
		case body || line < 0:
			if err := p.fill(); err != nil {
				return h, err
			}
		default:
			p.from += line + 1
			skipped += line + 1
			body = !p.line(&h, rest[:line]) && h.begun && h.length != 0
			if body && strings.HasPrefix(h.kind, "multipart/") { // the stream's own header
				h, body = part{length: -1}, false
			}
		}
	}
}

// line parses a header line of a part, and reports whether it says
// anything.
func (p *parts) line(h *part, text []byte) bool {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return false
	}
	if behind, ok := p.delimits(text); ok {
		*h = part{length: -1, begun: true}
		text = behind
	}
	name, value, found := bytes.Cut(text, []byte(":"))
	if !found {
		p.strange = append(p.strange[:0], text[:min(len(text), 40)]...)
		return true
	}
	h.begun = true
	switch value = bytes.TrimSpace(value); {
	case bytes.EqualFold(bytes.TrimSpace(name), []byte("Content-Length")):
		n, err := strconv.Atoi(string(value))
		if h.length = n; err != nil || n < 0 {
			h.length = -1
		}
	case bytes.EqualFold(bytes.TrimSpace(name), []byte("Content-Type")):
		if string(value) != p.said { // mostly it is that of the part before
			p.said = string(value)
			kind, _, _ := strings.Cut(p.said, ";")
			p.meant = strings.ToLower(strings.TrimSpace(kind))
		}
		h.kind = p.meant
	}
	return true
}

// maxHeaderName is how much behind a boundary is looked at, with its line end.
const maxHeaderName = 64

// headerName is how a header begins that stands on the boundary's own line.
var headerName = []byte("content-")

// delimits reports whether a line is a boundary, and returns what stands behind it.
func (p *parts) delimits(line []byte) (behind []byte, ok bool) {
	bare := bytes.TrimLeft(line, "-")
	name := strings.TrimLeft(p.declared, "-")
	dashed := len(bare) < len(line) || string(line) == p.declared || string(line) == p.declared+"--"
	rest, named := bytes.CutPrefix(bare, []byte(name))
	switch {
	case name != "" && dashed && named && (len(rest) == 0 || bytes.IndexByte([]byte("- \t;"), rest[0]) >= 0 || startsHeader(rest)):
		bare = rest
	case !bytes.HasPrefix(line, []byte("--")):
		return nil, false
	default: // of another name
		bare = nil
		if at := bytes.Index(bytes.ToLower(line), headerName); at >= 0 {
			bare = line[at:]
		}
	}
	if len(p.boundary) == 0 {
		p.boundary = bytes.Clone(bytes.TrimRight(line[:len(line)-len(bare)], "- "))
	}
	return bytes.Trim(bare, "- "), true
}

// startsHeader reports whether data begins like a line of a part's header.
func startsHeader(data []byte) bool {
	n := len(headerName)
	return len(data) >= n && bytes.EqualFold(data[:n], headerName) || bytes.HasPrefix(data, []byte("X-")) || bytes.HasPrefix(data, []byte("Date:"))
}
