// Package mjpegtest serves MJPEG to tests, as network cameras do.
//
//	http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
//		stream := mjpegtest.Begin(w)
//		for stream.Send(jpeg) == nil { … }
//	})
//
// Promises: each picture is sent at once, with its length. Non-promises: pace, and
// cameras without lengths; package httpcam has tests of its own for those.
//
// A Stream belongs to one goroutine.
package mjpegtest
