// Package rtsp asks an RTSP camera why it cannot be opened.
//
//	if err := openWithFFmpeg(address); err != nil {
//		err = rtsp.Explain(ctx, address) // one of package capture's causes
//	}
//
// FFmpeg behind OpenCV says only that it failed. Explain sends one DESCRIBE,
// with the credentials of the URL by Digest or Basic where the camera asks for
// them, and reads the answer's status and session description.
//
// Promises: it never gives nil: a camera that describes its stream has ErrCodec
// with the codecs that it offers. It ends with its context, and errors hold no
// credentials.
//
// Non-promises: it plays nothing; a camera that describes and then fails on
// PLAY is ErrCodec too.
package rtsp
