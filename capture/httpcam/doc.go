// Package httpcam reads HTTP cameras: MJPEG streams, and still pictures that are
// polled.
//
//	source, err := httpcam.Open(ctx, "http://user:password@camera/video", httpcam.Options{Decode: opencv.DecodeInto})
//
// The first bytes of the response decide which of the two it is, since Content-Types
// are often wrong or missing. The URL may contain user and password. Digest and Basic
// authentication are supported, and cookies are kept.
//
// Promises: every open and read ends at its time-out or with its context, whatever the
// server does. An error is one of the causes of package capture, names the address
// without credentials, and has a remedy. At most MaxBytes of a picture are kept. A
// frame is delivered as soon as its last byte arrives, without waiting for the next
// boundary. A picture that cannot be decoded between others is a frame with Damaged
// set.
//
// Non-promises: it does not read videos over HTTP. It returns ErrVideo, and the caller
// may pass the address to FFmpeg.
//
// A source belongs to one goroutine. Frames reuse the memory of their Pix.
package httpcam
