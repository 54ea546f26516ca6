package observe

import (
	"image"
	"math"
)

// View is what a camera inspects of its frames. The zero View is all of them.
type View struct {
	Region  []float64   // x, y, width, height as shares of the frame; empty: the whole frame
	Polygon [][]float64 // corners x, y as shares of the frame; empty: all of the region
}

// Pixels returns the view's region on a frame of that size: at least one pixel,
// within the frame.
func (v View) Pixels(width, height int) image.Rectangle {
	if len(v.Region) != 4 {
		return image.Rect(0, 0, width, height)
	}
	at := func(share float64, size int) int { return int(math.Round(share * float64(size))) }
	r := image.Rect(at(v.Region[0], width), at(v.Region[1], height), at(v.Region[0]+v.Region[2], width), at(v.Region[1]+v.Region[3], height))
	r.Max.X, r.Max.Y = max(r.Max.X, r.Min.X+1), max(r.Max.Y, r.Min.Y+1)
	return r.Intersect(image.Rect(0, 0, width, height))
}
