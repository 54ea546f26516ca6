package capture

import (
	"context"
	"errors"
	"time"
)

// Frame is one picture of a camera.
type Frame struct {
	Pix           []byte // packed BGR, row by row, 3·Width·Height bytes
	Width, Height int    // in pixels
	Camera        string
	Seq           uint64    // from 1, counts every frame that the camera delivered
	Captured      time.Time // taken at the grab
	Delivered     time.Time // when the source handed it over, decoded; set by Supervise
	Triggered     time.Time // of the trigger that asked for it; zero without one
	Dropped       Drops     // frames dropped between the one taken before and this one
	Name          string    // file of the picture, where there is one
	Part          string    // part in view, where the source knows it
	PartEnd       bool      // no more frames of Part follow
	Damaged       string    // why the picture cannot be trusted, in words; "" where it can. Pix then shows anything, or nothing at 0 × 0
}

// Resize sets the size and makes Pix fit, reusing its memory where it is
// large enough. The pixels are undefined afterwards.
func (f *Frame) Resize(width, height int) {
	f.Width, f.Height = width, height
	if n := 3 * width * height; cap(f.Pix) < n {
		f.Pix = make([]byte, n)
	} else {
		f.Pix = f.Pix[:n]
	}
}

// Source is one opened camera, file or folder. Read and Close are called by
// one goroutine; Close after the last Read has returned.
type Source interface {
	// Read blocks for the next frame and writes it to f, reusing f.Pix. It sets
	// Pix, Width, Height and Captured, and Name, Part and PartEnd where it
	// knows them. A picture that cannot be used is a frame with Damaged set: it may
	// have shown a part. Frames come in with Damaged empty. io.EOF ends a finite
	// source. ErrIdle means that the source is well and has no frame yet: it is read
	// again. Any other error means that the source must be reopened.
	Read(ctx context.Context, f *Frame) error
	Close() error
}

// ErrIdle is returned by Read of a source that may wait long for its next frame,
// such as a watched folder: it is well, and has nothing yet. It is returned as it
// is, without wrapping, and often enough to show that the source does not hang.
var ErrIdle = errors.New("no frame yet")

// Opener opens a source. It is called again after each failure.
type Opener func(ctx context.Context) (Source, error)
