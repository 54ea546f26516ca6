package heatmap

import (
	"image"
	"image/color"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// The texts at the ends of the legend.
const (
	Usual = "0 usual for good parts"
	Fail  = "FAIL 1"
)

// legendWidth and legendHeight are those of the legend before it is enlarged, in
// pixels.
const (
	legendWidth  = 400
	legendHeight = 20
)

// Legend draws the scale, scaled to a width in pixels.
func Legend(width int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, legendWidth, legendHeight))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	ink := font.Drawer{Dst: m, Src: image.Black, Face: basicfont.Face7x13}
	ink.Dot = fixed.P(6, 14)
	ink.DrawString(Usual)
	from, to := ink.Dot.X.Ceil()+8, legendWidth-6-font.MeasureString(ink.Face, Fail).Ceil()-8
	for x := from; x < to; x++ {
		rgb, _ := Colour(float64(x-from) / float64(to-from-1))
		for y := 4; y < legendHeight-4; y++ {
			m.SetRGBA(x, y, color.RGBA{rgb[0], rgb[1], rgb[2], 255})
		}
	}
	ink.Dot = fixed.P(to+8, 14)
	ink.DrawString(Fail)
	scaled := image.NewRGBA(image.Rect(0, 0, max(width, 1), scaledHeight(width)))
	draw.ApproxBiLinear.Scale(scaled, scaled.Rect, m, m.Rect, draw.Src, nil)
	return scaled
}

// scaledHeight is the height of the legend for a picture of a width.
func scaledHeight(width int) int { return max(width*legendHeight/legendWidth, 1) }
