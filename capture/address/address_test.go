package address

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pristine/capture/testline"
)

func TestAddresses(t *testing.T) {
	line := testline.Default()
	line.Seed = 7
	tests := map[string]Address{
		"rtsp://u:p%40ss@cam:8554/live?channel=1":     {Kind: RTSP, Target: "rtsp://u:p%40ss@cam:8554/live?channel=1"},
		"rtsp://cam/1#hardware=1":                     {Kind: RTSP, Target: "rtsp://cam/1", Hardware: true},
		"rtsps://cam/1":                               {Kind: RTSP, Target: "rtsps://cam/1"},
		"http://cam/video.mjpeg?user=a":               {Kind: HTTP, Target: "http://cam/video.mjpeg?user=a"},
		"https://cam/shot.jpg#fps=0.5":                {Kind: HTTP, Target: "https://cam/shot.jpg", FPS: 0.5},
		"v4l2:///dev/video0":                          {Kind: V4L2, Target: "/dev/video0"},
		"csi://":                                      {Kind: CSI, Target: "0"},
		"csi://1?width=1280&height=720&fps=60&flip=2": {Kind: CSI, Target: "1", Width: 1280, Height: 720, FPS: 60, Flip: 2},
		"v4l2:///dev/video2?format=MJPG&exposure=120": {Kind: V4L2, Target: "/dev/video2", Format: "MJPG", Exposure: 120},
		"gst://videotestsrc ! appsink max-buffers=1":  {Kind: GStreamer, Target: "videotestsrc ! appsink max-buffers=1"},
		"dir://parts/good?fps=5":                      {Kind: File, Target: "parts/good", FPS: 5},
		"file:///data/night.mp4":                      {Kind: File, Target: "/data/night.mp4"},
		"parts/odd?name#1.mp4":                        {Kind: File, Target: "parts/odd?name#1.mp4"},
		"replay://recording?speed=1":                  {Kind: Replay, Target: "recording", Speed: 1},
		"testline://?seed=7":                          {Kind: TestLine, Target: "testline://?seed=7", Line: line},
	}
	for text, want := range tests {
		want.text = text
		got, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got != want {
			t.Errorf("%s: got %+v, want %+v", text, fields(got), fields(want))
		}
		if restarts := want.Kind == File || want.Kind == Replay || want.Kind == TestLine; got.Restarts() != restarts {
			t.Errorf("%s restarts: %t", text, got.Restarts())
		}
	}
}

// fields prints an address with all that it holds.
type fields Address

func TestEveryMistakeIsToldAtOnceAndNoPassword(t *testing.T) {
	const url = "is no valid URL: must be like rtsp://user:password@camera:554/stream; in user and password write # as %23, / as %2F, ? as %3F, @ as %40, % as %25"
	tests := map[string]string{
		"":                             "is empty: must be the address of a camera, such as rtsp://…, v4l2:///dev/video0, a file, a folder, or testline://",
		"rstp://cam/1":                 `unknown scheme "rstp": csi, dir, file, gst, http, https, replay, rtsp, rtsps, testline, v4l2, watch are known`,
		"testline:?seed=1":             "must begin with testline:// (two slashes)",
		"rtsp:///stream":               url,
		"rtsp://admin:hunter2#x@cam/":  url,
		"rtsp://admin:12#hunter2@cam/": url,
		"rtsp://cam:99999/1#transport=sctp": "the port must be a number from 1 to 65535\n" +
			`unknown option "transport": hardware are known`,
		"http://cam/a#fps=1&fps=2": "fps is given twice",
		"http://cam/a#%zz":         "the options behind # must be like #key=value&key=value",
		"v4l2://video0?widht=3&fps=fast&format=H": `the device must be a path below /dev, such as v4l2:///dev/video0 (got "video0")` + "\n" +
			`format must be four characters, such as MJPG or YUYV (got "H")` + "\n" + `fps must be a number from 0.01 to 240 (got "fast")` + "\n" +
			`unknown option "widht": did you mean width?`,
		"csi://left?width=0":            `the sensor must be a number from 0 to 15 (got "left")` + "\n" + `width must be a whole number from 1 to 16384 (got "0")`,
		"gst://videotestsrc ! fakesink": "the pipeline must end in appsink, such as gst://videotestsrc ! videoconvert ! appsink",
		"dir://?colour=red":             "the path is missing, such as file://parts\n" + `unknown option "colour": fps, hardware are known`,
		"file://a.mp4?hardware=2":       `hardware must be a whole number from 0 to 1 (got "2")`,
		"replay://r?speed=-1":           `speed must be a number from 0 to 100 (got "-1")`,
		"testline://?fps=-1":            `testline: fps must be a number from 0 to 240 (got "-1")`,
	}
	for text, want := range tests {
		_, err := Parse(text)
		if err == nil {
			t.Errorf("%s has no mistake", text)
		} else if diff := cmp.Diff(want, err.Error()); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("rtsp://h:1/p?q#x=tcp", "12#34567890")
	f.Add("v4l2:///dev/video0?width=1&height=2&fps=NaN", "pass word")
	f.Fuzz(func(t *testing.T, text, password string) {
		a, err := Parse(text)
		if err == nil && (a.Kind == "" || a.FPS < 0 || a.Width < 0) {
			t.Errorf("%q became %+v", text, a)
		}
		const words = "is no valid URL must be like rtsp user password camera stream in and write as the port a number from options behind"
		if len(password) < 8 || strings.Contains(words, password) || strings.ContainsAny(password, "=%") {
			return
		}
		if _, err := Parse("rtsp://u:" + password + "@h/p"); err != nil && strings.Contains(err.Error(), password) {
			t.Errorf("%v tells the password", err)
		}
	})
}
