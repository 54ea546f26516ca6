// Package v4l2 lists the formats, sizes and frame rates of a USB or other Video4Linux
// camera.
//
//	device, err := v4l2.Query("/dev/video0")
//	for _, f := range device.Formats { fmt.Println(f.Format, f.Sizes) }
//
// It queries the driver by ioctl (linux/videodev2.h), which also works while another
// program uses the camera. Package opencv takes pictures.
//
// Promises: an error is one of the causes of package capture. Endless lists of a driver
// are cut off. Non-promises: the listed formats need not work. Devices without a
// single-planar capture queue have no formats.
//
// Safe for concurrent use.
package v4l2
