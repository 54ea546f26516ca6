package health

import (
	"hash/maphash"

	"pristine/capture"
	"pristine/internal/polygon"
)

// identity counts identical frames in a row.
type identity struct {
	hash  maphash.Hash
	some  uint64 // hash of some rows of the last frame
	whole uint64 // hash of the whole last frame, if known
	known bool
	same  int
}

// someRows is the step of the rows that are compared first. Camera noise changes each of
// them from frame to frame, so a healthy camera's frames need not be read completely.
const someRows = 8

// repeats returns how many consecutive frames are identical within the mask, including
// this one. The first two are compared by some of their rows, the others by all.
func (d *identity) repeats(f *capture.Frame, mask *polygon.Mask) int {
	some := d.sum(f, mask, someRows)
	if some != d.some || d.same == 0 {
		d.some, d.known, d.same = some, false, 1
		return 1
	}
	whole := d.sum(f, mask, 1)
	if d.known && whole != d.whole {
		d.same = 0
	}
	d.whole, d.known = whole, true
	d.same++
	return d.same
}

// sum returns a hash of every step-th row.
func (d *identity) sum(f *capture.Frame, mask *polygon.Mask, step int) uint64 {
	d.hash.Reset()
	switch {
	case !mask.Whole():
		for y := 0; y < f.Height; y += step {
			for _, s := range mask.Row(y) {
				_, _ = d.hash.Write(f.Pix[3*(y*f.Width+s.From) : 3*(y*f.Width+s.To)]) // never fails
			}
		}
	case step == 1:
		_, _ = d.hash.Write(f.Pix)
	default:
		for y := 0; y < f.Height; y += step {
			_, _ = d.hash.Write(f.Pix[3*y*f.Width : 3*(y+1)*f.Width])
		}
	}
	return d.hash.Sum64()
}
