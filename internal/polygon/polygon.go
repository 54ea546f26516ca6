package polygon

import (
	"fmt"
	"image"

	"golang.org/x/image/vector"
)

// Point is a place in a picture: x and y as shares of its size, 0 to 1.
type Point [2]float64

// UnmarshalNumbers sets the point to two numbers from 0 to 1.
func (p *Point) UnmarshalNumbers(numbers []float64) error {
	if len(numbers) != len(p) || !share(numbers[0]) || !share(numbers[1]) {
		return fmt.Errorf("must be [x, y], shares of the frame from 0 to 1 (got %v)%s", numbers, commaRemedy(numbers, len(p)))
	}
	*p = Point(numbers)
	return nil
}

// Bounds returns the smallest rectangle around the points.
func Bounds(points []Point) Rectangle {
	low, high := points[0], points[0]
	for _, p := range points {
		for axis := range p {
			low[axis], high[axis] = min(low[axis], p[axis]), max(high[axis], p[axis])
		}
	}
	return Rectangle{low[0], low[1], high[0] - low[0], high[1] - low[1]}
}

// Area is a polygon on pictures of whatever size.
type Area struct {
	points []Point
	mask   *Mask // of the last size
}

// NewArea returns an area; without points it is the whole picture.
func NewArea(points []Point) *Area { return &Area{points: points} }

// On returns the area's mask on pictures of a size.
func (a *Area) On(width, height int) *Mask {
	if a.mask == nil || a.mask.width != width || a.mask.height != height {
		a.mask = Draw(a.points, width, height)
	}
	return a.mask
}

// Span is a run of pixels of a row; To is behind the last.
type Span struct{ From, To int }

// Mask is the pixels of pictures of one size that lie within a polygon.
type Mask struct {
	width, height int
	rows          [][]Span
	pixels        int
}

// Draw returns the mask of a polygon on pictures of a size.
func Draw(points []Point, width, height int) *Mask {
	m := &Mask{width: width, height: height, rows: make([][]Span, height)}
	if len(points) == 0 {
		whole := []Span{{0, width}}
		for y := range m.rows {
			m.rows[y] = whole
		}
		m.pixels = width * height
		return m
	}
	at := func(p Point) (x, y float32) { return float32(p[0] * float64(width)), float32(p[1] * float64(height)) }
	r := vector.NewRasterizer(width, height)
	r.MoveTo(at(points[0]))
	for _, p := range points[1:] {
		r.LineTo(at(p))
	}
	r.ClosePath()
	cover := image.NewAlpha(image.Rect(0, 0, width, height))
	r.Draw(cover, cover.Rect, image.Opaque, image.Point{})
	for y := range m.rows {
		m.rows[y] = spans(cover.Pix[y*cover.Stride:][:width])
		for _, s := range m.rows[y] {
			m.pixels += s.To - s.From
		}
	}
	return m
}

// half is the coverage from which a pixel is within.
const half = 128

func spans(cover []byte) (all []Span) {
	for x := 0; x < len(cover); x++ {
		if cover[x] < half {
			continue
		}
		s := Span{From: x}
		for x < len(cover) && cover[x] >= half {
			x++
		}
		s.To = x
		all = append(all, s)
	}
	return all
}
