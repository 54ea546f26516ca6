package ffmpeg

// #cgo LDFLAGS: -lavformat -lavcodec -lavutil -lswscale
// #include <stdlib.h>
// #include <libavutil/error.h>
// #include "reader.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unsafe"

	"pristine/capture"
	"pristine/capture/orient"
)

// Options of a source. Zero values take the defaults.
type Options struct {
	OpenTimeout time.Duration // of streams; 10 s
	ReadTimeout time.Duration // of streams; 5 s
	Hardware    bool          // decode by hardware where this machine and FFmpeg can
}

// MaxPixels is the largest frame that is converted.
const MaxPixels = 100_000_000

type source struct {
	address string // redacted
	reader  *C.reader
	shape   *C.picture // of the last frame
	finite  bool
	open    bool
	timeout time.Duration

	watched context.Context     // whose end interrupts the reader
	unwatch func() (ended bool) // ends that; reports whether the context had ended
}

// Open opens rtsp://, rtsps://, http://, https://, file://PATH and plain paths. A
// file is read to its end; anything else never ends well.
func Open(ctx context.Context, address string, o Options) (capture.Source, error) {
	if o.OpenTimeout == 0 {
		o.OpenTimeout = 10 * time.Second
	}
	if o.ReadTimeout == 0 {
		o.ReadTimeout = 5 * time.Second
	}
	scheme, path, found := strings.Cut(address, "://")
	if !found {
		scheme, path = "file", address
	}
	s := &source{address: capture.Redact(address), finite: scheme == "file", timeout: o.ReadTimeout}
	target := address
	switch scheme {
	case "rtsp", "rtsps", "http", "https":
	case "file":
		// Named so, no path is taken for another protocol.
		s.address, target, o.OpenTimeout, o.ReadTimeout = path, "file:"+path, 0, 0
		if info, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("open video: %w: %w", capture.ErrNotFound, err)
		} else if info.Size() == 0 {
			return nil, fmt.Errorf("open video %s: %w: the file is empty", path, capture.ErrCodec)
		}
	default:
		return nil, fmt.Errorf("open video %s: %w: unknown scheme %q: rtsp, http, https and file are known", s.address, capture.ErrProtocol, scheme)
	}
	text := C.CString(target)
	defer C.free(unsafe.Pointer(text))
	var live, hardware C.int
	if !s.finite {
		live = 1
	}
	if o.Hardware {
		hardware = 1
	}
	if s.reader = C.reader_new(); s.reader == nil {
		return nil, fmt.Errorf("open %s: FFmpeg cannot allocate its memory", s.address)
	}
	s.shape = (*C.picture)(C.calloc(1, C.size_t(unsafe.Sizeof(C.picture{}))))
	s.watch(ctx)
	if code := C.reader_open(s.reader, text, live, C.int64_t(o.OpenTimeout.Milliseconds()), C.int64_t(o.ReadTimeout.Milliseconds()), hardware); code != C.READER_OK {
		err := fmt.Errorf("open %s: %w", s.address, s.cause(ctx, code, o.OpenTimeout, strings.Contains(address, "@")))
		return nil, errors.Join(err, s.Close())
	}
	s.open = true
	return s, nil
}

// statuses are those of HTTP and RTSP for which FFmpeg has errors.
var statuses = map[C.int]int{
	C.AVERROR_HTTP_UNAUTHORIZED: 401, C.AVERROR_HTTP_FORBIDDEN: 403, C.AVERROR_HTTP_NOT_FOUND: 404, C.AVERROR_HTTP_SERVER_ERROR: 500,
}

// cause puts what the reader says into the words of package capture.
func (s *source) cause(ctx context.Context, code C.int, waited time.Duration, credentials bool) error {
	if status, known := statuses[code]; known {
		return capture.StatusError(status, credentials)
	}
	switch code {
	case C.READER_TIMEOUT:
		return fmt.Errorf("%w: no frame within %v", capture.ErrTimeout, waited)
	case C.READER_INTERRUPTED:
		if err := context.Cause(ctx); err != nil {
			return err
		}
		return context.Canceled
	case C.READER_END:
		if s.finite {
			return io.EOF
		}
		return capture.ErrEnded
	case C.READER_NO_VIDEO:
		return fmt.Errorf("%w: it holds no video", capture.ErrCodec)
	case C.READER_NO_CODEC:
		return fmt.Errorf("%w: FFmpeg knows no decoder for it: choose H.264 in the camera's settings", capture.ErrCodec)
	case C.READER_GOES_ON:
		return fmt.Errorf("%w: the file goes on in a second video stream, which is not read: join its parts with ffmpeg -f concat", capture.ErrCodec)
	case C.READER_UNREADABLE:
		return fmt.Errorf("%w: no frame of the last packets is whole", capture.ErrCodec)
	}
	var text [128]C.char
	C.reader_error(code, &text[0], C.int(len(text)))
	switch {
	case code == C.AVERROR_INVALIDDATA, s.finite:
		return fmt.Errorf("%w: %s: check that it is a video whose codec FFmpeg knows", capture.ErrCodec, C.GoString(&text[0]))
	case s.open:
		return fmt.Errorf("%w: %s", capture.ErrEnded, C.GoString(&text[0]))
	}
	return fmt.Errorf("%w: %s: check address, user and password, and that the camera is on", capture.ErrUnreachable, C.GoString(&text[0]))
}

// Read implements capture.Source.
func (s *source) Read(ctx context.Context, f *capture.Frame) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s.watch(ctx)
	if code := C.reader_next(s.reader, s.shape); code != C.READER_OK {
		err := s.cause(ctx, code, s.timeout, false)
		if err == io.EOF { //nolint:errorlint // returned as it is, by contract
			return err
		}
		return fmt.Errorf("read %s: %w", s.address, err)
	}
	f.Captured = time.Now()
	f.Damaged = ""
	if s.shape.damaged != 0 {
		f.Damaged = "the decoder found errors in the video: look for packets that the network loses"
		if s.finite {
			f.Damaged = "the decoder found errors in the video"
		}
	}
	width, height := int(s.shape.width), int(s.shape.height)
	if width == 0 || height == 0 { // lost as a whole
		f.Resize(0, 0)
		return nil
	}
	if width > MaxPixels/height {
		return fmt.Errorf("read %s: %w: a frame of %d×%d pixels: more than %d are not read", s.address, capture.ErrCodec, width, height, MaxPixels)
	}
	return s.convert(f, width, height)
}

// vector is how many bytes the scaler may write at once. Rows of a multiple of that need
// no gaps between them, and at an address of a multiple it writes nothing beyond them.
const vector = 64

func (s *source) convert(f *capture.Frame, width, height int) error {
	orientation := int(s.shape.orientation)
	f.Resize(orient.Size(width, height, orientation))
	if direct := &f.Pix[0]; orientation == 1 && 3*width%vector == 0 && uintptr(unsafe.Pointer(direct))%vector == 0 {
		return s.scale((*C.uint8_t)(direct))
	}
	if err := s.scale(nil); err != nil {
		return err
	}
	stride := int(s.shape.stride)
	orient.Copy(f.Pix, unsafe.Slice((*byte)(s.shape.bgr), stride*(height-1)+3*width), stride, width, height, orientation)
	return nil
}

func (s *source) scale(into *C.uint8_t) error {
	if code := C.reader_convert(s.reader, s.shape, into); code != C.READER_OK {
		return fmt.Errorf("read %s: %w: a frame cannot be converted to BGR", s.address, capture.ErrCodec)
	}
	return nil
}

// watch has the end of ctx interrupt the reader. Reads mostly come with the same
// context: then nothing is to be done.
func (s *source) watch(ctx context.Context) {
	if ctx == s.watched {
		return
	}
	s.forget()
	done, r := make(chan struct{}), s.reader
	stop := context.AfterFunc(ctx, func() { C.reader_interrupt(r, 1); close(done) })
	s.watched = ctx
	s.unwatch = func() bool {
		if stop() {
			return false
		}
		<-done
		return true
	}
}

func (s *source) forget() {
	if s.unwatch != nil && s.unwatch() {
		C.reader_interrupt(s.reader, 0)
	}
	s.watched, s.unwatch = nil, nil
}

// Close implements capture.Source.
func (s *source) Close() error {
	if s.reader == nil {
		return errors.New("close video: it is closed already")
	}
	s.forget()
	C.reader_close(s.reader)
	C.free(unsafe.Pointer(s.shape))
	s.reader = nil
	return nil
}
