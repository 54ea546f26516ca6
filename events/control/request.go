package control

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nats-io/nats.go/micro"

	"pristine/events"
)

// request is what a message asks for.
type request struct {
	camera string // "": the only one
	part   string
	jpeg   []byte // nil: the camera's own frame
}

// maxPart is the size of a part's name.
const maxPart = 200

// parse reads a request. Its names stand in events, logs and files of others,
// so they hold nothing but what can be shown.
func parse(headers micro.Headers, body []byte) (*request, error) {
	q := &request{camera: headers.Get("Qc-Camera"), part: headers.Get("Qc-Part")}
	if q.camera != "" {
		if err := events.CheckName(q.camera); err != nil {
			return nil, fmt.Errorf("%w: Qc-Camera: %w", ErrRequest, err)
		}
	}
	if len(q.part) > maxPart || !utf8.ValidString(q.part) || strings.ContainsFunc(q.part, unreadable) {
		return nil, fmt.Errorf("%w: Qc-Part: must be at most %d bytes of readable text (got %.40q)", ErrRequest, maxPart, q.part)
	}
	if len(body) > 0 && string(body) != "now" {
		q.jpeg = body
	}
	return q, nil
}

func unreadable(r rune) bool { return !unicode.IsPrint(r) }
