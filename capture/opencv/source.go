package opencv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"gocv.io/x/gocv"

	"pristine/capture"
)

// Options of a source. Zero values take the defaults.
type Options struct {
	OpenTimeout time.Duration // FFmpeg's own; 10 s
	ReadTimeout time.Duration // FFmpeg's own; 5 s

	Width, Height int     // of V4L2 and CSI; 0: the driver's own, 1920×1080 for CSI
	FPS           float64 // of V4L2 and CSI; 0: the driver's own, 30 for CSI
	Format        string  // of V4L2: four characters
	Exposure      float64 // of V4L2, in the driver's units; 0 automatic
	Flip          int     // of CSI: nvvidconv's flip-method
	Hardware      bool    // FFmpeg decodes by hardware where it can
}

// ErrOpen is returned within an error when OpenCV cannot open a source. OpenCV
// does not say why.
var ErrOpen = capture.ErrOpen

// Properties of OpenCV's FFmpeg back end (videoio.hpp), which gocv does not
// name.
const (
	propOpenTimeout = gocv.VideoCaptureProperties(53) // milliseconds
	propReadTimeout = gocv.VideoCaptureProperties(54)
)

type source struct {
	address string // redacted
	video   *gocv.VideoCapture
	mat     gocv.Mat
	finite  bool
}

// Open opens rtsp://, http://, https://, v4l2:///dev/videoN, csi://N,
// gst://PIPELINE, file://PATH and plain paths of videos.
func Open(address string, o Options) (capture.Source, error) {
	if o.OpenTimeout == 0 {
		o.OpenTimeout = 10 * time.Second
	}
	if o.ReadTimeout == 0 {
		o.ReadTimeout = 5 * time.Second
	}
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		scheme, rest = "file", address
	}
	s := &source{address: capture.Redact(address), finite: scheme == "file"}
	var err error
	switch scheme {
	case "rtsp", "rtsps", "http", "https":
		s.video, err = gocv.OpenVideoCaptureWithAPIParams(address, gocv.VideoCaptureFFmpeg, []gocv.VideoCaptureProperties{
			propOpenTimeout, gocv.VideoCaptureProperties(o.OpenTimeout.Milliseconds()), propReadTimeout, gocv.VideoCaptureProperties(o.ReadTimeout.Milliseconds()),
			gocv.VideoCaptureHWAcceleration, o.acceleration(),
		})
	case "file":
		if info, statErr := os.Stat(rest); statErr != nil {
			return nil, fmt.Errorf("open video: %w: %w", capture.ErrNotFound, statErr)
		} else if info.Size() == 0 {
			return nil, fmt.Errorf("open video %s: %w: the file is empty", rest, capture.ErrCodec)
		}
		s.video, err = gocv.OpenVideoCaptureWithAPIParams(rest, gocv.VideoCaptureFFmpeg, []gocv.VideoCaptureProperties{gocv.VideoCaptureHWAcceleration, o.acceleration()})
	case "v4l2":
		if _, statErr := os.Stat(rest); statErr != nil {
			return nil, fmt.Errorf("open camera: %w: %w: `ls /dev/video*` lists the cameras that are plugged in", capture.ErrNotFound, statErr)
		}
		s.video, err = gocv.OpenVideoCaptureWithAPIParams(rest, gocv.VideoCaptureV4L2, o.driver())
	case "csi":
		s.video, err = gocv.OpenVideoCaptureWithAPI(csiPipeline(rest, o), gocv.VideoCaptureGstreamer)
	case "gst":
		s.video, err = gocv.OpenVideoCaptureWithAPI(rest, gocv.VideoCaptureGstreamer)
	default:
		return nil, fmt.Errorf("open camera %s: unknown scheme %q: rtsp, http, https, v4l2, csi, gst and file are known", s.address, scheme)
	}
	if err != nil || !s.video.IsOpened() {
		if s.video != nil {
			_ = s.video.Close()
		}
		if s.finite {
			return nil, fmt.Errorf("open video %s: %w: check %s", rest, capture.ErrCodec, advice[scheme])
		}
		return nil, fmt.Errorf("open camera %s: %w: check %s", s.address, ErrOpen, advice[scheme])
	}
	s.mat = gocv.NewMat()
	return s, nil
}

var advice = map[string]string{
	"rtsp": "address, user and password, and that the camera is on", "rtsps": "address, certificate, user and password",
	"http": "that the address is an MJPEG stream, and its user and password", "https": "that the address is an MJPEG stream, and its certificate",
	"file": "that it is a video whose codec FFmpeg knows", "v4l2": "that no other program uses the camera",
	"csi": "the ribbon cable and that nvargus-daemon runs", "gst": "the pipeline with gst-launch-1.0; it must end in appsink",
}

// acceleration is a value of OpenCV's VideoAccelerationType: none, or any that
// there is, else software.
func (o Options) acceleration() gocv.VideoCaptureProperties {
	if o.Hardware {
		return 1 // VIDEO_ACCELERATION_ANY
	}
	return 0 // VIDEO_ACCELERATION_NONE
}

// driver is what V4L2 is asked for; it may give what is nearest to it.
func (o Options) driver() []gocv.VideoCaptureProperties {
	var wanted []gocv.VideoCaptureProperties
	ask := func(property gocv.VideoCaptureProperties, value float64) {
		wanted = append(wanted, property, gocv.VideoCaptureProperties(value))
	}
	if len(o.Format) == 4 { // first: it decides which sizes there are
		ask(gocv.VideoCaptureFOURCC, float64(uint32(o.Format[0])|uint32(o.Format[1])<<8|uint32(o.Format[2])<<16|uint32(o.Format[3])<<24))
	}
	if o.Width > 0 && o.Height > 0 {
		ask(gocv.VideoCaptureFrameWidth, float64(o.Width))
		ask(gocv.VideoCaptureFrameHeight, float64(o.Height))
	}
	if o.FPS > 0 {
		ask(gocv.VideoCaptureFPS, o.FPS)
	}
	if o.Exposure > 0 {
		ask(gocv.VideoCaptureAutoExposure, 1) // V4L2_EXPOSURE_MANUAL of linux/v4l2-controls.h
		ask(gocv.VideoCaptureExposure, o.Exposure)
	}
	return wanted
}

// csiPipeline is the way of frames on a Jetson: Argus gives NV12 in NVIDIA's
// memory, nvvidconv turns it and copies it out, videoconvert makes BGR.
func csiPipeline(sensor string, o Options) string {
	if o.Width == 0 || o.Height == 0 {
		o.Width, o.Height = 1920, 1080
	}
	if o.FPS == 0 {
		o.FPS = 30
	}
	return fmt.Sprintf("nvarguscamerasrc sensor-id=%s ! video/x-raw(memory:NVMM),format=NV12,width=%d,height=%d,framerate=%d/1000"+
		" ! nvvidconv flip-method=%d ! video/x-raw,format=BGRx"+
		" ! videoconvert ! video/x-raw,format=BGR ! appsink drop=true max-buffers=1 sync=false",
		sensor, o.Width, o.Height, int(math.Round(o.FPS*1000)), o.Flip)
}

// Read implements capture.Source. The call into OpenCV does not heed ctx.
func (s *source) Read(ctx context.Context, f *capture.Frame) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	if !s.video.Read(&s.mat) {
		if s.finite {
			return io.EOF
		}
		return fmt.Errorf("read %s: %w, or gave no frame in time", s.address, capture.ErrEnded)
	}
	f.Captured = time.Now()
	if s.mat.Empty() || s.mat.Type() != gocv.MatTypeCV8UC3 || !s.mat.IsContinuous() {
		return fmt.Errorf("read %s: %w: the frame is not 8-bit BGR: correct the pipeline", s.address, capture.ErrCodec)
	}
	shared, err := s.mat.DataPtrUint8()
	if err != nil {
		return fmt.Errorf("read %s: %w", s.address, err)
	}
	f.Resize(s.mat.Cols(), s.mat.Rows())
	copy(f.Pix, shared)
	return nil
}

func (s *source) Close() error {
	return errors.Join(s.mat.Close(), s.video.Close())
}
