package observe

import (
	"image"

	"pristine/internal/polygon"
)

// View is what a camera inspects of its frames. The zero View is all of them.
type View struct {
	Region     polygon.Rectangle // zero: the whole frame
	MMPerPixel float64           // of the frame; 0: not known
	Polygon    []polygon.Point   // empty: all of the region
}

// Pixels returns the view's region on a frame of that size: at least one pixel,
// within the frame.
func (v View) Pixels(width, height int) image.Rectangle {
	return v.Region.Pixels(width, height)
}
