// Package httpcam reads cameras that speak HTTP: MJPEG streams and pictures
// that are asked for again and again.
//
//	source, err := httpcam.Open(ctx, "http://user:password@camera/video", httpcam.Options{Decode: opencv.DecodeInto})
//
// Which of the two it is, is told by the first bytes of the answer: Content-Types
// are often wrong or missing. User and password may stand in the URL; Digest and
// Basic authentication are known, and cookies are kept.
//
// Promises: every open and read ends at its time-out, or with its context,
// whatever the server does. An error is one of the causes of package capture,
// names the address with credentials hidden, and says what to try. No more
// than MaxBytes are kept of a picture. A frame is given as soon as its last
// byte is there: the next part's boundary is not waited for. A picture that
// cannot be decoded between others is a frame with Damaged set.
//
// Non-promises: videos over HTTP are not read; ErrVideo says so, and the
// caller may hand the address to FFmpeg.
//
// A source belongs to one goroutine. Frames reuse the memory that they are
// given.
package httpcam
