package address

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"pristine/capture/testline"
)

// Kind is the kind of a source.
type Kind string

// The kinds of sources.
const (
	RTSP      Kind = "rtsp"
	HTTP      Kind = "http" // MJPEG, a picture, or a video
	V4L2      Kind = "v4l2"
	CSI       Kind = "csi"
	GStreamer Kind = "gst"
	File      Kind = "file" // a video, or a folder of pictures
	Replay    Kind = "replay"
	Watch     Kind = "watch" // a folder that receives pictures
	TestLine  Kind = "testline"
)

// Address is a source and its options. Options that are not given are zero and mean the
// source's default. The zero Address is none.
type Address struct {
	text string // as it was written

	Kind   Kind
	Target string // URL with its password, device, sensor number, pipeline or path

	Width, Height int // in pixels, requested from the driver
	FPS           float64
	Format        string  // of V4L2: four characters, such as MJPG
	Exposure      float64 // of V4L2: in the driver's units; 0 automatic
	Flip          int     // of CSI: nvvidconv's flip-method, 0 to 7
	Hardware      bool    // of RTSP and videos: use hardware decoding if FFmpeg supports it
	Speed         float64 // of a replay: 1 as recorded, 0 as fast as possible
	Line          testline.Options
}

// schemes maps the scheme of an address to its kind.
var schemes = map[string]Kind{
	"rtsp": RTSP, "rtsps": RTSP, "http": HTTP, "https": HTTP, "v4l2": V4L2, "csi": CSI, "gst": GStreamer,
	"file": File, "dir": File, "replay": Replay, "watch": Watch, "testline": TestLine,
}

// Live reports whether frames arrive at their own pace, so that frames not taken in time
// are lost. Files, folders and replays wait.
func (a Address) Live() bool { return a.Kind != File && a.Kind != Replay && a.Kind != Watch }

// Restarts reports whether each opening starts at the first frame, so that earlier
// frames would repeat.
func (a Address) Restarts() bool { return a.Kind == File || a.Kind == Replay || a.Kind == TestLine }

// HasUser reports whether the address has a user or a password.
func (a Address) HasUser() bool {
	if a.Kind != RTSP && a.Kind != HTTP {
		return false
	}
	u, err := url.Parse(a.Target)
	return err == nil && u.User != nil
}

// Parse reads an address. Its error reports every mistake; the Address then has the
// parts that could be read.
func Parse(text string) (Address, error) {
	a, err := parse(text)
	a.text = text
	return a, err
}

func parse(text string) (Address, error) {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		if text == "" {
			return Address{}, errors.New("is empty: must be the address of a camera, such as rtsp://…, v4l2:///dev/video0, a file, a folder, or testline://")
		}
		if strings.HasPrefix(text, "testline:") {
			return Address{}, errors.New("must begin with testline:// (two slashes)")
		}
		return Address{Kind: File, Target: text}, nil
	}
	kind, known := schemes[scheme]
	if !known {
		return Address{}, fmt.Errorf("unknown scheme %q: %s are known", scheme, strings.Join(slices.Sorted(maps.Keys(schemes)), ", "))
	}
	a := Address{Kind: kind}
	switch kind {
	case RTSP, HTTP:
		return a, a.network(text)
	case GStreamer:
		return a, a.pipeline(rest)
	case TestLine:
		var err error
		a.Target = text
		a.Line, err = testline.Parse(text)
		return a, err
	default:
		return a, a.local(rest)
	}
}

// network reads an address whose query belongs to the camera.
func (a *Address) network(text string) error {
	address, fragment, _ := strings.Cut(text, "#")
	a.Target = address
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || strings.Contains(fragment, "@") {
		// The parser's own words may hold a piece of the password, and so may
		// what follows a # in it.
		return errors.New("is no valid URL: must be like rtsp://user:password@camera:554/stream; in user and password write # as %23, / as %2F, ? as %3F, @ as %40, % as %25")
	}
	var errs []error
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			errs = append(errs, errors.New("the port must be a number from 1 to 65535"))
		}
	}
	return errors.Join(append(errs, a.options(fragment, "#"))...)
}

// pipeline reads a GStreamer pipeline, which has no options.
func (a *Address) pipeline(text string) error {
	a.Target = strings.TrimSpace(text)
	if last := a.Target[strings.LastIndex(a.Target, "!")+1:]; !strings.HasPrefix(strings.TrimSpace(last), "appsink") {
		return errors.New("the pipeline must end in appsink, such as gst://videotestsrc ! videoconvert ! appsink")
	}
	return nil
}

// local reads a device, sensor, file or folder.
func (a *Address) local(rest string) error {
	target, query, _ := strings.Cut(rest, "?")
	a.Target = target
	var errs []error
	switch {
	case a.Kind == CSI && target == "":
		a.Target = "0"
	case a.Kind == CSI:
		if n, err := strconv.Atoi(target); err != nil || n < 0 || n > 15 {
			errs = append(errs, fmt.Errorf("the sensor must be a number from 0 to 15 (got %q)", target))
		}
	case a.Kind == V4L2 && !strings.HasPrefix(target, "/dev/"):
		errs = append(errs, fmt.Errorf("the device must be a path below /dev, such as v4l2:///dev/video0 (got %q)", target))
	case target == "":
		errs = append(errs, fmt.Errorf("the path is missing, such as %s://parts", a.Kind))
	}
	return errors.Join(append(errs, a.options(query, "?"))...)
}
