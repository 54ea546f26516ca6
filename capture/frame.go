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
	Captured      time.Time // capture time, taken at the grab
	Delivered     time.Time // when the source delivered it, decoded; set by Supervise
	Triggered     time.Time // time of its trigger; zero without one
	Dropped       Drops     // frames dropped between the previous one and this one
	Name          string    // file of the picture, if there is one
	Part          string    // part in view, if the source knows it
	PartEnd       bool      // no more frames of Part follow
	Damaged       string    // why the picture cannot be trusted; "" if it can. The content of Pix is then undefined, or empty (0 × 0)
}

// Resize sets the size and makes Pix fit, reusing its memory if it is large enough. The
// pixels are undefined afterwards.
func (f *Frame) Resize(width, height int) {
	f.Width, f.Height = width, height
	if n := 3 * width * height; cap(f.Pix) < n {
		f.Pix = make([]byte, n)
	} else {
		f.Pix = f.Pix[:n]
	}
}

// Source is an opened camera, file or folder. One goroutine calls Read, and Close after
// the last Read has returned.
type Source interface {
	// Read blocks until the next frame and writes it to f, reusing f.Pix. It sets Pix,
	// Width, Height and Captured, and Name, Part and PartEnd if it knows them. An
	// unusable picture is a frame with Damaged set, since it may have shown a part; the
	// caller clears Damaged before each call. Read returns io.EOF at the end of a finite
	// source. ErrIdle means that the source works and has no frame yet; the caller reads
	// again. After any other error the source must be reopened.
	Read(ctx context.Context, f *Frame) error
	Close() error
}

// ErrIdle is returned by Read of a source that may wait long for its next frame, such as
// a watched folder. It means that the source works but has no frame yet. It is returned
// unwrapped, and often enough to show that the source does not hang.
var ErrIdle = errors.New("no frame yet")

// Opener opens a source. It is called again after each failure.
type Opener func(ctx context.Context) (Source, error)
