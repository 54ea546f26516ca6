package opencv

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"

	"gocv.io/x/gocv"

	"pristine/capture"
	"pristine/internal/polygon"
)

// Adjustment turns a camera's pictures the right way. Steps act in the order of
// the fields.
type Adjustment struct {
	SwapRedBlue bool
	Perspective []polygon.Point // four corners, clockwise from the upper left, that become the whole picture
	Rotate      int             // clockwise: 0, 90, 180 or 270 degrees
	Flip        string          // "", horizontal, vertical or both
	Mask        []polygon.Point // polygon in the turned picture; what lies outside becomes black
}

// None reports whether there is nothing to do.
func (a Adjustment) None() bool {
	return !a.SwapRedBlue && len(a.Perspective) == 0 && a.Rotate == 0 && a.Flip == "" && len(a.Mask) == 0
}

var rotations = map[int]gocv.RotateFlag{90: gocv.Rotate90Clockwise, 180: gocv.Rotate180Clockwise, 270: gocv.Rotate90CounterClockwise}

var flips = map[string]int{"horizontal": 1, "vertical": 0, "both": -1} // OpenCV's flip codes

type adjusted struct {
	capture.Source
	how       Adjustment
	buffers   [2]gocv.Mat // steps write to them in turn
	transform gocv.Mat    // of the perspective, for size
	mask      gocv.Mat    // white where the picture stays, of the turned size
	size      image.Point
}

// Adjust returns a source that delivers the frames of s adjusted. It closes s with
// itself.
func Adjust(s capture.Source, how Adjustment) capture.Source {
	if how.None() {
		return s
	}
	return &adjusted{Source: s, how: how, buffers: [2]gocv.Mat{gocv.NewMat(), gocv.NewMat()}, transform: gocv.NewMat(), mask: gocv.NewMat()}
}

// Read implements capture.Source.
func (a *adjusted) Read(ctx context.Context, f *capture.Frame) error {
	if err := a.Source.Read(ctx, f); err != nil || f.Damaged != "" {
		return err
	}
	if err := a.adjust(f); err != nil {
		return fmt.Errorf("adjust frame: %w", err)
	}
	return nil
}

func (a *adjusted) adjust(f *capture.Frame) error {
	// It shares f.Pix: no step writes to it, and it does not outlive the call.
	in, err := gocv.NewMatFromBytes(f.Height, f.Width, gocv.MatTypeCV8UC3, f.Pix)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	if size := image.Pt(f.Width, f.Height); size != a.size {
		if err := a.prepare(size); err != nil {
			return err
		}
		a.size = size
	}
	out, err := a.steps(in)
	if err != nil {
		return err
	}
	shared, err := out.DataPtrUint8()
	if err != nil {
		return err
	}
	f.Resize(out.Cols(), out.Rows())
	copy(f.Pix, shared)
	return nil
}

// steps returns the output of the last step.
func (a *adjusted) steps(in gocv.Mat) (gocv.Mat, error) {
	var errs []error
	next := 0
	step := func(act func(out *gocv.Mat) error) {
		out := &a.buffers[next]
		errs = append(errs, act(out))
		in, next = *out, 1-next
	}
	if a.how.SwapRedBlue {
		step(func(out *gocv.Mat) error { return gocv.CvtColor(in, out, gocv.ColorBGRToRGB) })
	}
	if len(a.how.Perspective) == 4 {
		step(func(out *gocv.Mat) error { return gocv.WarpPerspective(in, out, a.transform, a.size) })
	}
	if flag, turn := rotations[a.how.Rotate]; turn {
		step(func(out *gocv.Mat) error { return gocv.Rotate(in, out, flag) })
	}
	if code, flip := flips[a.how.Flip]; flip {
		step(func(out *gocv.Mat) error { return gocv.Flip(in, out, code) })
	}
	if len(a.how.Mask) > 0 {
		step(func(out *gocv.Mat) error { return gocv.BitwiseAnd(in, a.mask, out) })
	}
	return in, errors.Join(errs...)
}

// prepare makes what depends on the size of the frames.
func (a *adjusted) prepare(size image.Point) error {
	place := func(points []polygon.Point, size image.Point) []image.Point {
		var out []image.Point
		for _, p := range points {
			out = append(out, image.Pt(int(p[0]*float64(size.X)+0.5), int(p[1]*float64(size.Y)+0.5)))
		}
		return out
	}
	if len(a.how.Perspective) == 4 {
		from := gocv.NewPointVectorFromPoints(place(a.how.Perspective, size))
		defer from.Close()
		to := gocv.NewPointVectorFromPoints(place([]polygon.Point{{0, 0}, {1, 0}, {1, 1}, {0, 1}}, size))
		defer to.Close()
		if err := a.transform.Close(); err != nil {
			return err
		}
		a.transform = gocv.GetPerspectiveTransform(from, to)
	}
	if len(a.how.Mask) == 0 {
		return nil
	}
	if a.how.Rotate == 90 || a.how.Rotate == 270 {
		size.X, size.Y = size.Y, size.X
	}
	if err := a.mask.Close(); err != nil {
		return err
	}
	a.mask = gocv.Zeros(size.Y, size.X, gocv.MatTypeCV8UC3)
	corners := gocv.NewPointsVectorFromPoints([][]image.Point{place(a.how.Mask, size)})
	defer corners.Close()
	return gocv.FillPoly(&a.mask, corners, color.RGBA{R: 255, G: 255, B: 255, A: 255})
}

// Close implements capture.Source.
func (a *adjusted) Close() error {
	return errors.Join(a.buffers[0].Close(), a.buffers[1].Close(), a.transform.Close(), a.mask.Close(), a.Source.Close())
}
