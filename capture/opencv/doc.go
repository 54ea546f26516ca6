// Package opencv opens local cameras and decodes pictures with OpenCV.
//
//	source, err := opencv.Open("v4l2:///dev/video0", opencv.Options{})
//	source = opencv.Adjust(source, opencv.Adjustment{Rotate: 90})
//	pix, width, height, err := opencv.DecodeFile("part.jpg")
//
// It is the only package that uses gocv. Each frame is copied once, from
// OpenCV's memory to the frame's own; the time of capture is taken as soon as
// OpenCV has grabbed it.
//
// Cameras, commands and references decode pictures in the same way: JPEG by package
// libjpeg, which reports damage, GIF and some TIFF by Go's packages, the rest by
// OpenCV. libvips reads more formats, but needs a hundred libraries, and can only
// ignore all warnings of a decoder or none.
//
// Promises: errors name the source without credentials and have a remedy. A picture
// whose header declares more than MaxPixels is refused before it is decoded. A picture
// that lost data is an error, and so is one that would look different in a viewer.
//
// Non-promises: a read of the V4L2 and GStreamer back ends cannot be cancelled. The
// supervisor in package capture abandons it.
//
// A Source belongs to one goroutine. Decoding and encoding are safe for
// concurrent use.
package opencv
