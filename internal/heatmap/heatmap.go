// Package heatmap draws where a picture is unlike a good one over the picture.
//
//	drawn := heatmap.Over(frame.Pix, frame.Width, frame.Height, region, scores.Map, scores.MapGrid)
//
// Promises: the picture given is not changed, and what lies outside the region
// stays as it is. Non-promises: colours compare the places of one picture, not
// two pictures; and a map of a model that crops its input is drawn as if it
// showed the whole region. Functions are safe for concurrent use, and the
// result is the caller's.
package heatmap

import (
	"image"
	"math"
	"slices"

	"golang.org/x/image/draw"
)

// opacity of the worst place.
const opacity = 0.6

// Over draws a map of rows·columns scores, higher is worse, over the region of
// a packed BGR picture. It gives the new picture, or nil when the map does not
// fit its grid or has no peak.
func Over(pix []byte, width, height int, region image.Rectangle, scores []float32, grid [2]int) []byte {
	region = region.Intersect(image.Rect(0, 0, width, height))
	rows, columns := grid[0], grid[1]
	if len(scores) == 0 || len(scores) != rows*columns || region.Empty() || len(pix) != 3*width*height {
		return nil
	}
	levels := normalize(scores)
	if levels == nil {
		return nil
	}
	small := &image.Gray{Pix: levels, Stride: columns, Rect: image.Rect(0, 0, columns, rows)}
	large := image.NewGray(image.Rect(0, 0, region.Dx(), region.Dy()))
	draw.BiLinear.Scale(large, large.Rect, small, small.Rect, draw.Src, nil)
	drawn := slices.Clone(pix)
	for y := range region.Dy() {
		row := drawn[3*((region.Min.Y+y)*width+region.Min.X):][:3*region.Dx()]
		for x, level := range large.Pix[y*large.Stride:][:region.Dx()] {
			blend(row[3*x:3*x+3], float64(level)/255)
		}
	}
	return drawn
}

// normalize maps scores to grey levels: the median and what is below to 0, the
// highest to 255. A map without a peak has none.
func normalize(scores []float32) []byte {
	sorted := slices.Clone(scores)
	slices.Sort(sorted)
	low, high := float64(sorted[len(sorted)/2]), float64(sorted[len(sorted)-1])
	if !(high > low) || math.IsInf(high-low, 0) {
		return nil
	}
	levels := make([]byte, len(scores))
	for i, s := range scores {
		levels[i] = byte(255 * min(max((float64(s)-low)/(high-low), 0), 1))
	}
	return levels
}

// blend paints a pixel from yellow to red, the more the worse.
func blend(bgr []byte, level float64) {
	a := opacity * level
	for i, v := range [3]float64{0, 255 * (1 - level), 255} {
		bgr[i] = byte((1-a)*float64(bgr[i]) + a*v)
	}
}
