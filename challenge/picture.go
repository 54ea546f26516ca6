package challenge

import (
	"errors"
	"image"
	"slices"

	"pristine/internal/polygon"
)

// Picture is a good picture in packed BGR, and the area of it that is inspected.
type Picture struct {
	Name          string // for display
	Pix           []byte // BGR, 3·Width·Height bytes
	Width, Height int
	Region        image.Rectangle // that is inspected; empty: all
	Mask          *polygon.Mask   // within Region; nil: all of it
}

var errPicture = errors.New("the picture's bytes do not fit its size")

// view returns the part of the picture that is inspected.
func (p *Picture) view() (image.Rectangle, error) {
	all := image.Rect(0, 0, p.Width, p.Height)
	if all.Empty() || len(p.Pix) != 3*p.Width*p.Height {
		return all, errPicture
	}
	if r := p.Region.Intersect(all); !r.Empty() {
		return r, nil
	}
	return all, nil
}

// inside reports whether a pixel is inspected.
func (p *Picture) inside(x, y int) bool { return p.Mask == nil || p.Mask.Contains(x, y) }

// at returns the pixel's three bytes.
func (p *Picture) at(x, y int) []byte { return p.Pix[3*(y*p.Width+x):][:3] }

// copied returns the picture with its own copy of the pixels.
func (p *Picture) copied() *Picture {
	c := *p
	c.Pix = slices.Clone(p.Pix)
	return &c
}

// grey returns the grey level of BGR (ITU-R BT.601).
func grey(bgr []byte) float64 {
	return 0.114*float64(bgr[0]) + 0.587*float64(bgr[1]) + 0.299*float64(bgr[2])
}

func clamp(v float64) byte { return byte(min(max(v+0.5, 0), 255)) }
