package heatmap

import (
	"image"

	"golang.org/x/image/draw"
)

// Canvas draws in memory that it keeps: a picture of 1080p takes about 20 MB on the
// way, which would be garbage with each picture. The zero value is ready for use.
type Canvas struct {
	drawn        []byte      // the picture, with room for the legend
	small, large *image.Gray // the levels, as they come and over the region
	scaler       draw.Scaler // from small to large
	legend       []byte      // packed BGR
	legendWidth  int
}

// Over draws a map of rows·columns levels over the region of a packed BGR
// picture. It returns the new picture, or nil when the map does not fit its grid.
func (c *Canvas) Over(pix []byte, width, height int, region image.Rectangle, levels []float32, grid [2]int) []byte {
	region = region.Intersect(image.Rect(0, 0, width, height))
	rows, columns := grid[0], grid[1]
	if len(levels) == 0 || len(levels) != rows*columns || region.Empty() || len(pix) != 3*width*height {
		return nil
	}
	c.fit(columns, rows, region.Dx(), region.Dy())
	for i, l := range levels {
		if l != l {
			l = 1
		}
		c.small.Pix[i] = byte(255 * min(max(l, 0), 1))
	}
	c.scaler.Scale(c.large, c.large.Rect, c.small, c.small.Rect, draw.Src, nil)
	if size := len(pix) + 3*width*scaledHeight(width); cap(c.drawn) < size {
		c.drawn = make([]byte, 0, size)
	}
	c.drawn = append(c.drawn[:0], pix...)
	for y := range region.Dy() {
		row := c.drawn[3*((region.Min.Y+y)*width+region.Min.X):][:3*region.Dx()]
		for x, level := range c.large.Pix[y*c.large.Stride:][:region.Dx()] {
			if level > 0 {
				blend(row[3*x:3*x+3], float64(level)/255)
			}
		}
	}
	return c.drawn
}

// fit makes the levels' pictures and their scaler, where they have other sizes.
func (c *Canvas) fit(columns, rows, width, height int) {
	small, large := image.Rect(0, 0, columns, rows), image.Rect(0, 0, width, height)
	if c.scaler != nil && c.small.Rect == small && c.large.Rect == large {
		return
	}
	c.small, c.large = image.NewGray(small), image.NewGray(large)
	c.scaler = draw.BiLinear.NewScaler(width, height, columns, rows)
}

// WithLegend appends the legend below a packed BGR picture, and returns the new
// picture and its height. Places in the picture stay where they are. What Over
// returned has room for it.
func (c *Canvas) WithLegend(pix []byte, width, height int) ([]byte, int) {
	if c.legendWidth != width {
		c.legend, c.legendWidth = c.legend[:0], width
		legend := Legend(width)
		for y := range legend.Rect.Dy() {
			for x := range width {
				p := legend.RGBAAt(x, y)
				c.legend = append(c.legend, p.B, p.G, p.R)
			}
		}
	}
	return append(pix, c.legend...), height + scaledHeight(width)
}
