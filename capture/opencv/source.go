package opencv

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"gocv.io/x/gocv"

	"pristine/capture"
)

// Options of a source. Zero values take the defaults.
type Options struct {
	Width, Height int     // of V4L2 and CSI; 0: the driver's own, 1920×1080 for CSI
	FPS           float64 // of V4L2 and CSI; 0: the driver's own, 30 for CSI
	Format        string  // of V4L2: four characters
	Exposure      float64 // of V4L2, in the driver's units; 0 automatic
	Flip          int     // of CSI: nvvidconv's flip-method
}

// ErrOpen is returned within an error when OpenCV cannot open a source. OpenCV
// does not say why.
var ErrOpen = capture.ErrOpen

type source struct {
	address string // redacted
	video   *gocv.VideoCapture
	mat     gocv.Mat
}

// Open opens v4l2:///dev/videoN, csi://N and gst://PIPELINE.
func Open(address string, o Options) (capture.Source, error) {
	scheme, rest, _ := strings.Cut(address, "://")
	s := &source{address: capture.Redact(address)}
	var err error
	switch scheme {
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
		return nil, fmt.Errorf("open camera %s: unknown scheme %q: v4l2, csi and gst are known", s.address, scheme)
	}
	if err != nil || !s.video.IsOpened() {
		if s.video != nil {
			_ = s.video.Close()
		}
		return nil, fmt.Errorf("open camera %s: %w: check %s", s.address, ErrOpen, advice[scheme])
	}
	s.mat = gocv.NewMat()
	return s, nil
}

var advice = map[string]string{
	"v4l2": "that no other program uses the camera", "csi": "the ribbon cable and that nvargus-daemon runs",
	"gst": "the pipeline with gst-launch-1.0; it must end in appsink",
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
