package capture

import (
	"errors"
	"fmt"
)

// Causes of a camera that gives no frames. Each is returned within an error
// that names the camera and says what to try.
var (
	ErrUnreachable = errors.New("nothing answers there")            // refused, no route, no such host
	ErrAuth        = errors.New("user or password is not accepted") // 401, 403
	ErrNotFound    = errors.New("there is no such stream")          // 404, a missing file or device
	ErrTLS         = errors.New("the encrypted connection failed")  // certificate, version
	ErrCodec       = errors.New("the pictures cannot be decoded")   // unknown codec, garbage
	ErrProtocol    = errors.New("what answers is no camera")        // a web page, another protocol
	ErrTimeout     = errors.New("no answer in time")                // of an open or a read
	ErrEnded       = errors.New("the stream ended")                 // reset or closed by the camera
)

// StatusError names the cause behind an answer of HTTP or RTSP that is not
// 200. credentials tells whether any were sent.
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
		return fmt.Errorf("%w: the camera is busy (%d): does it serve too many viewers?", ErrUnreachable, status)
	default:
		return fmt.Errorf("%w: it answers %d", ErrProtocol, status)
	}
}
