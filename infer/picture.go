package infer

import (
	"fmt"
	"image"
	"io"
)

// Picture is packed BGR, row by row. Region is the part of it to encode; an empty Region
// is the whole picture.
type Picture struct {
	Pix           []byte // 3·Width·Height bytes
	Width, Height int
	Region        image.Rectangle
	For           Use // the outputs that are needed; a bundle without a cheaper way returns all of them
}

// Use says which outputs of a picture are needed.
type Use uint8

// The uses of a picture.
const (
	ForAll       Use = iota
	ForEmbedding     // no patch features
	ForFeatures      // patch features only
)

// Bounds returns the part of the picture that is encoded.
func (p *Picture) Bounds() image.Rectangle {
	if p.Region.Empty() {
		return image.Rect(0, 0, p.Width, p.Height)
	}
	return p.Region
}

// Check returns an error unless Pix has the right size and Region lies within the
// picture.
func (p *Picture) Check() error {
	if p.Width <= 0 || p.Height <= 0 || len(p.Pix) != 3*p.Width*p.Height {
		return fmt.Errorf("a picture of %d×%d needs %d bytes of packed BGR (got %d)", p.Width, p.Height, 3*p.Width*p.Height, len(p.Pix))
	}
	if r := p.Bounds(); !r.In(image.Rect(0, 0, p.Width, p.Height)) {
		return fmt.Errorf("the region %v is not inside the %d×%d picture", r, p.Width, p.Height)
	}
	return nil
}

// WritePixels writes the pixels that are encoded, row by row. The picture must be valid.
func (p *Picture) WritePixels(w io.Writer) error {
	r := p.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		if _, err := w.Write(p.Pix[3*(y*p.Width+r.Min.X) : 3*(y*p.Width+r.Max.X)]); err != nil {
			return err
		}
	}
	return nil
}
