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
// Pictures are decoded alike for cameras, commands and references: JPEG by package
// libjpeg, which reports damage, GIF and some TIFF by Go's packages, the rest by
// OpenCV. libvips reads more formats, but brings a hundred libraries onto the box,
// and its only choice is to ignore every warning of a decoder or none.
//
// Promises: errors name the source with credentials hidden and say what to
// try. A picture whose header asks for more than MaxPixels is refused before it is
// decoded. A picture that lost data is an error, and so is one of a kind that
// would not be shown as viewers show it.
//
// Non-promises: a read of the V4L2 and GStreamer back ends cannot be ended
// from outside; the supervisor in package capture leaves it behind.
//
// A Source belongs to one goroutine. Decoding and encoding are safe for
// concurrent use.
package opencv
