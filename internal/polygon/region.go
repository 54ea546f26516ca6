package polygon

import (
	"image"
	"math"
)

// Pixels returns a region (x, y, width, height as shares of a picture) on a picture
// of that size: at least one pixel, within the picture. Without a region it is the
// whole picture.
func Pixels(region []float64, width, height int) image.Rectangle {
	if len(region) != 4 {
		return image.Rect(0, 0, width, height)
	}
	at := func(share float64, size int) int { return int(math.Round(share * float64(size))) }
	r := image.Rect(at(region[0], width), at(region[1], height), at(region[0]+region[2], width), at(region[1]+region[3], height))
	r.Max.X, r.Max.Y = max(r.Max.X, r.Min.X+1), max(r.Max.Y, r.Min.Y+1)
	return r.Intersect(image.Rect(0, 0, width, height))
}
