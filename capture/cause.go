package capture

import "errors"

// CauseInfo describes the stable code of a cause for which a camera delivers no frames.
// State events, /status and metric labels contain the code.
type CauseInfo struct {
	Code   string
	Err    error  // what errors.Is finds in an error of this cause; nil for CauseOther
	Remedy string // what to do next
}

// CauseOther is the code of an error that wraps none of the causes.
const CauseOther = "other"

// Causes returns every code, in the order in which Cause tries them: the kinds of
// ErrUnreachable come before ErrUnreachable.
func Causes() []CauseInfo {
	return []CauseInfo{
		{"hanging", ErrHanging, "cut the camera's power for a moment; if that does not help, restart the agent"},
		{"auth", ErrAuth, "correct the user and the password in the camera's source"},
		{"tls", ErrTLS, "correct the camera's certificate, or install its issuer on this machine"},
		{"not_found", ErrNotFound, "correct the path or the device in the camera's source"},
		{"dns", ErrDNS, "correct the host name in the camera's source, or this machine's DNS"},
		{"refused", ErrRefused, "check that the camera is on, and the port in its source"},
		{"busy", ErrBusy, "close other viewers of the camera"},
		{"unreachable", ErrUnreachable, "check the camera's power, its cable and the network"},
		{"codec", ErrCodec, "set the camera to H.264 or MJPEG"},
		{"protocol", ErrProtocol, "correct the address: what answers there is no camera"},
		{"timeout", ErrTimeout, "check the camera's power, its cable and the network's load"},
		{"ended", ErrEnded, "check the camera's power and cable; the agent opens it again"},
		{"open", ErrOpen, "try the camera with edge camera probe"},
		{CauseOther, nil, "read the text; try the camera with edge camera probe"},
	}
}

// Cause returns the stable code of the cause for which a camera delivers no frames: one
// of Causes, and "" for nil.
func Cause(err error) string {
	if err == nil {
		return ""
	}
	for _, c := range Causes() {
		if c.Err != nil && errors.Is(err, c.Err) {
			return c.Code
		}
	}
	return CauseOther
}

// Remedy returns the remedy for a cause, or "" for an unknown code.
func Remedy(cause string) string {
	for _, c := range Causes() {
		if c.Code == cause {
			return c.Remedy
		}
	}
	return ""
}
