package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/jpeg"

	"golang.org/x/image/draw"

	"pristine/evaluate"
	"pristine/internal/heatmap"
)

// Heat is a map of rows·columns levels over a picture, on the scale of package
// heatmap: 0 is usual for good parts, 1 is FAIL.
type Heat struct {
	Values        []float32
	Rows, Columns int
}

// Overlay draws a picture of packed BGR, at most side pixels wide and high, with its map
// on top. Without a map it draws the picture only.
func Overlay(pix []byte, width, height int, h Heat, side int) *image.RGBA {
	source := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		source.Pix[4*i], source.Pix[4*i+1], source.Pix[4*i+2], source.Pix[4*i+3] = pix[3*i+2], pix[3*i+1], pix[3*i], 255
	}
	shrink := min(float64(side)/float64(max(width, height)), 1)
	out := image.NewRGBA(image.Rect(0, 0, max(int(float64(width)*shrink), 1), max(int(float64(height)*shrink), 1)))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), source, source.Bounds(), draw.Src, nil)
	if len(h.Values) == 0 {
		return out
	}
	square := max(out.Bounds().Dx(), out.Bounds().Dy())
	values := evaluate.Upsample(h.Values, h.Rows, h.Columns, square)
	for y := range out.Bounds().Dy() {
		for x := range out.Bounds().Dx() {
			// The encoder sees the picture squashed to a square.
			v := values[y*square/out.Bounds().Dy()*square+x*square/out.Bounds().Dx()]
			blend(out, x, y, float64(v))
		}
	}
	return out
}

// WithLegend returns the picture with the colour scale below it.
func WithLegend(m *image.RGBA) *image.RGBA {
	legend := heatmap.Legend(m.Rect.Dx())
	out := image.NewRGBA(image.Rect(0, 0, m.Rect.Dx(), m.Rect.Dy()+legend.Rect.Dy()))
	draw.Draw(out, m.Rect, m, m.Rect.Min, draw.Src)
	draw.Draw(out, legend.Rect.Add(image.Pt(0, m.Rect.Dy())), legend, image.Point{}, draw.Src)
	return out
}

func blend(m *image.RGBA, x, y int, level float64) {
	rgb, cover := heatmap.Colour(level)
	c := m.RGBAAt(x, y)
	mix := func(old, hot uint8) uint8 { return uint8(float64(old)*(1-cover) + float64(hot)*cover) }
	m.SetRGBA(x, y, color.RGBA{mix(c.R, rgb[0]), mix(c.G, rgb[1]), mix(c.B, rgb[2]), 255})
}

// Thumb is a picture in the HTML file.
type Thumb struct {
	Picture
	Plain, Hot template.URL // data: URLs; Hot is "" without a map
}

// thumbSide is the size of a thumbnail, in pixels.
const thumbSide = 240

// AddThumb adds one of the worst pictures to the HTML file.
func (r *Report) AddThumb(p Picture, pix []byte, width, height int, h Heat) error {
	t := Thumb{Picture: p}
	var err error
	if t.Plain, err = dataURL(Overlay(pix, width, height, Heat{}, thumbSide)); err != nil {
		return err
	}
	if len(h.Values) > 0 {
		if t.Hot, err = dataURL(Overlay(pix, width, height, h, thumbSide)); err != nil {
			return err
		}
	}
	r.thumbs = append(r.thumbs, t)
	return nil
}

func dataURL(m image.Image) (template.URL, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 82}); err != nil {
		return "", fmt.Errorf("encode thumbnail: %w", err)
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}
