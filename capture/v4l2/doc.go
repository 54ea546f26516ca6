// Package v4l2 asks a USB or other Video4Linux camera which formats, sizes and
// rates it gives.
//
//	device, err := v4l2.Query("/dev/video0")
//	for _, f := range device.Formats { fmt.Println(f.Format, f.Sizes) }
//
// It asks the driver by ioctl, as linux/videodev2.h describes it; a camera that
// is in use answers, too. It takes no picture: package opencv does.
//
// Promises: an error is one of the causes of package capture. A driver that
// never ends a list is cut off. Non-promises: what a driver offers need not
// work; and a device without a capture queue of one plane has no formats here.
//
// Safe for concurrent use.
package v4l2
