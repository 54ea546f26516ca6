// Package source opens every kind of camera by its address.
//
//	address, err := address.Parse("rtsp://camera/stream")
//	source, err := source.Open(ctx, address, source.Options{})
//
// It selects the package that reads an address: ffmpeg for RTSP and videos, opencv for
// V4L2, CSI and GStreamer, httpcam for MJPEG and pictures, replay for folders,
// watchfolder for folders that receive pictures, recording, and testline.
//
// Promises: user and password in files are read again at each opening. An error is one
// of the causes of package capture if the camera reports one: if FFmpeg fails on an RTSP
// camera, the camera is queried in plain RTSP, and its answer is the error. Credentials
// are hidden.
//
// Non-promises: V4L2, CSI and GStreamer ignore their context and have no time-outs. If a
// driver hangs, the supervisor in package capture abandons it.
//
// It is safe for concurrent use. A Source belongs to one goroutine.
package source
