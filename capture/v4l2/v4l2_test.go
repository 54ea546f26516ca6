package v4l2

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"pristine/capture"
	"pristine/internal/cprogram"
)

// The kernel's own header says how the structures lie.
func TestTheStructuresAreThoseOfTheKernelsHeader(t *testing.T) {
	program := `#include <linux/videodev2.h>
#include <stddef.h>
#include <stdio.h>
#define AT(s, f) printf("%s.%s %zu\n", #s, #f, offsetof(struct s, f))
int main(void) {
	printf("requests %u %u %u %u\n", (unsigned)VIDIOC_QUERYCAP, (unsigned)VIDIOC_ENUM_FMT, (unsigned)VIDIOC_ENUM_FRAMESIZES, (unsigned)VIDIOC_ENUM_FRAMEINTERVALS);
	printf("values %u %u %u %u %u\n", V4L2_CAP_VIDEO_CAPTURE, V4L2_CAP_DEVICE_CAPS, V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_FRMSIZE_TYPE_DISCRETE, V4L2_FRMIVAL_TYPE_DISCRETE);
	AT(v4l2_capability, card); AT(v4l2_capability, bus_info); AT(v4l2_capability, capabilities); AT(v4l2_capability, device_caps);
	AT(v4l2_fmtdesc, type); AT(v4l2_fmtdesc, description); AT(v4l2_fmtdesc, pixelformat);
	AT(v4l2_frmsizeenum, pixel_format); AT(v4l2_frmsizeenum, type); AT(v4l2_frmsizeenum, discrete.height); AT(v4l2_frmsizeenum, stepwise.max_width); AT(v4l2_frmsizeenum, stepwise.min_height); AT(v4l2_frmsizeenum, stepwise.max_height);
	AT(v4l2_frmivalenum, pixel_format); AT(v4l2_frmivalenum, width); AT(v4l2_frmivalenum, height); AT(v4l2_frmivalenum, type); AT(v4l2_frmivalenum, discrete); AT(v4l2_frmivalenum, stepwise.max);
}`
	got := cprogram.Run(t, program)
	want := fmt.Sprintf("requests %d %d %d %d\nvalues %d %d %d %d %d\n", uint32(queryCapability), uint32(enumerateFormats), uint32(enumerateSizes), uint32(enumerateIntervals),
		capturesVideo, uint32(hasDeviceCapabilities), captureQueue, discrete, discrete) + `v4l2_capability.card 16
v4l2_capability.bus_info 48
v4l2_capability.capabilities 84
v4l2_capability.device_caps 88
v4l2_fmtdesc.type 4
v4l2_fmtdesc.description 12
v4l2_fmtdesc.pixelformat 44
v4l2_frmsizeenum.pixel_format 4
v4l2_frmsizeenum.type 8
v4l2_frmsizeenum.discrete.height 16
v4l2_frmsizeenum.stepwise.max_width 16
v4l2_frmsizeenum.stepwise.min_height 24
v4l2_frmsizeenum.stepwise.max_height 28
v4l2_frmivalenum.pixel_format 4
v4l2_frmivalenum.width 8
v4l2_frmivalenum.height 12
v4l2_frmivalenum.type 16
v4l2_frmivalenum.discrete 20
v4l2_frmivalenum.stepwise.max 28
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// driver answers as a webcam's driver does: no such device can be made here.
type driver struct {
	capabilities, device uint32
	endless              bool
}

func (d driver) ask(request uint32, b []byte) error {
	index := word(b, 0)
	if d.endless && request != queryCapability {
		return nil
	}
	switch {
	case request == queryCapability:
		copy(b, "uvcvideo")
		copy(b[16:], "HD Webcam\xff")
		copy(b[48:], "usb-0000:00:14.0-1")
		put(b, 84, d.capabilities)
		put(b, 88, d.device)
	case request == enumerateFormats && index < 2 && word(b, 4) == captureQueue:
		copy(b[12:], []string{"Motion-JPEG", "YUYV 4:2:2"}[index])
		copy(b[44:], []string{"MJPG", "YUYV"}[index])
	case request == enumerateSizes && text(b[4:8]) == "MJPG" && index < 2:
		put(b, 8, discrete)
		put(b, 12, []uint32{1920, 1280}[index])
		put(b, 16, []uint32{1080, 720}[index])
	case request == enumerateSizes && text(b[4:8]) == "YUYV" && index == 0:
		put(b, 8, 3)
		for i, v := range []uint32{160, 640, 16, 120, 480, 8} {
			put(b, 12+4*i, v)
		}
	case request == enumerateIntervals && word(b, 8) == 1920 && index < 2:
		put(b, 16, discrete)
		put(b, 20, []uint32{1, 1001}[index])
		put(b, 24, []uint32{30, 15000}[index])
	case request == enumerateIntervals && word(b, 8) == 160 && index == 0:
		put(b, 16, 3)
		for i, v := range []uint32{1, 60, 1, 5, 1, 60} {
			put(b, 20+4*i, v)
		}
	case request == enumerateIntervals && word(b, 8) == 1280:
		return unix.ENOTTY // a driver without this list
	default:
		return unix.EINVAL
	}
	return nil
}

func TestFormatsSizesAndRates(t *testing.T) {
	want := Device{Driver: "uvcvideo", Card: "HD Webcam?", Bus: "usb-0000:00:14.0-1", Formats: []Format{
		{"MJPG", "Motion-JPEG", []Size{{Width: 1920, Height: 1080, FPS: []float64{30, 15000.0 / 1001}}, {Width: 1280, Height: 720, FPS: []float64{}}}},
		{"YUYV", "YUYV 4:2:2", []Size{{Width: 160, Height: 120, MaxWidth: 640, MaxHeight: 480, FPS: []float64{5, 60}}}},
	}}
	for name, d := range map[string]driver{
		"an old driver":       {capabilities: capturesVideo},
		"a node that records": {capabilities: hasDeviceCapabilities, device: capturesVideo},
	} {
		got, err := query(d.ask)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestADriverThatNeverEndsAListIsCutOff(t *testing.T) {
	formats := 0
	err := list(driver{endless: true}.ask, enumerateFormats, formatSize, func([]byte) {}, func([]byte) error { formats++; return nil })
	if err != nil || formats != mostItems {
		t.Errorf("%d formats, %v", formats, err)
	}
}

func TestWhatIsNoCameraSaysSo(t *testing.T) {
	for path, want := range map[string]struct {
		cause error
		words string
	}{
		"/dev/video99": {capture.ErrNotFound, "`ls /dev/video*`"},              // ENOENT
		"/dev/null":    {capture.ErrProtocol, "not a Video4Linux device"},      // ENOTTY
		"v4l2_test.go": {capture.ErrProtocol, "ask camera v4l2_test.go: what"}, // ENOTTY of a file
	} {
		if _, err := Query(path); !errors.Is(err, want.cause) || !strings.Contains(err.Error(), want.words) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := query(driver{capabilities: hasDeviceCapabilities | capturesVideo, device: 0x00800000}.ask); !errors.Is(cause(err), capture.ErrProtocol) {
		t.Errorf("a node of metadata gave %v", err)
	}
	if err := cause(unix.EACCES); !errors.Is(err, capture.ErrAuth) || !strings.Contains(err.Error(), "group video") {
		t.Errorf(`got err %+v; want errors.Is(err, capture.ErrAuth), strings.Contains(err.Error(), "group video")`, err)
	}
	if err := cause(unix.EIO); !errors.Is(err, unix.EIO) {
		t.Error(err)
	}
}

func FuzzQuery(f *testing.F) {
	f.Add([]byte("uvcvideo"), uint8(3))
	f.Fuzz(func(t *testing.T, answer []byte, ends uint8) {
		asked := 0
		_, _ = query(func(_ uint32, b []byte) error {
			if asked++; asked%int(ends%7+2) == 0 || asked > 500 {
				return unix.EINVAL
			}
			copy(b[4:], answer)
			if len(b) == capabilitySize {
				put(b, 84, capturesVideo)
			}
			return nil
		})
	})
}
