package source

import (
	"strings"
	"testing"

	"pristine/capture/v4l2"
)

func TestWriteDevice(t *testing.T) {
	var out strings.Builder
	WriteDevice(&out, &v4l2.Device{Driver: "uvcvideo", Card: "HD Webcam", Bus: "usb-1", Formats: []v4l2.Format{
		{Format: "MJPG", Sizes: []v4l2.Size{{Width: 1920, Height: 1080, FPS: []float64{30, 14.985}}}},
		{Format: "YUYV", Sizes: []v4l2.Size{{Width: 160, Height: 120, MaxWidth: 640, MaxHeight: 480, FPS: []float64{5, 60}}}},
	}})
	want := `HD Webcam, driver uvcvideo, at usb-1
  MJPG  1920 × 1080                30, 14.99 frames/s
  YUYV  160 × 120 to 640 × 480     5, 60 frames/s
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
