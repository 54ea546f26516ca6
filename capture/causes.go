package capture

import (
	"errors"
	"fmt"
)

// Causes for which a camera delivers no frames. Errors that wrap them name the camera
// and have a remedy.
var (
	ErrUnreachable = errors.New("nothing answers there")            // no route, and the three below
	ErrAuth        = errors.New("user or password is not accepted") // 401, 403
	ErrNotFound    = errors.New("there is no such stream")          // 404, a missing file or device
	ErrTLS         = errors.New("the encrypted connection failed")  // certificate, version
	ErrCodec       = errors.New("the pictures cannot be decoded")   // unknown codec, garbage
	ErrProtocol    = errors.New("what answers is no camera")        // a web page, another protocol
	ErrTimeout     = errors.New("no answer in time")                // of an open or a read
	ErrEnded       = errors.New("the stream ended")                 // reset or closed by the camera
	ErrOpen        = errors.New("cannot be opened")                 // a driver or pipeline that does not say why
)

// These are kinds of ErrUnreachable with their own texts.
var (
	ErrDNS     error = kind("no host of that name")
	ErrRefused error = kind("nothing listens there")
	ErrBusy    error = kind("the camera is busy") // it serves too many viewers, or another program has it
)

type kind string

func (k kind) Error() string { return string(k) }

// Is makes a kind an ErrUnreachable, too.
func (k kind) Is(target error) bool { return target == ErrUnreachable }

// StatusError returns the cause for an HTTP or RTSP status other than 200. credentials
// says whether any were sent.
func StatusError(status int, credentials bool) error {
	switch status {
	case 401, 403:
		if credentials {
			return fmt.Errorf("%w (%d): try them in the camera's own web page", ErrAuth, status)
		}
		return fmt.Errorf("%w (%d): none was given: write rtsp://user:password@… or http://user:password@…", ErrAuth, status)
	case 404, 410, 454:
		return fmt.Errorf("%w (%d): look the path up in the camera's manual", ErrNotFound, status)
	case 453, 503:
		return fmt.Errorf("%w (%d): does it serve too many viewers?", ErrBusy, status)
	default:
		return fmt.Errorf("%w: it answers %d", ErrProtocol, status)
	}
}
