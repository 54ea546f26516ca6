package observe

import (
	"image"

	"pristine/internal/polygon"
)

// View is the area of a camera's frames that is inspected. The zero View is the whole
// frame.
type View struct {
	Region     polygon.Rectangle // zero: the whole frame
	MMPerPixel float64           // of the frame; 0: unknown
	Polygon    []polygon.Point   // empty: all of the region
}

// Pixels returns the view's region on a frame of that size: at least one pixel,
// within the frame.
func (v View) Pixels(width, height int) image.Rectangle {
	return v.Region.Pixels(width, height)
}
