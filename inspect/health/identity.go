package health

import (
	"hash/maphash"

	"pristine/capture"
	"pristine/internal/polygon"
)

// identity counts identical frames in a row.
type identity struct {
	hash  maphash.Hash
	some  uint64 // of the last frame's rows that are looked at first
	whole uint64 // of all of the last frame, where known
	known bool
	same  int
}

// someRows is the distance of the rows that are looked at first. The noise of a camera
// changes each of them from frame to frame: that spares reading megabytes of every frame
// of a camera that is well.
const someRows = 8

// repeats returns how many frames in a row are the same, this one included, within the
// mask. The first two are only told apart by some of their rows, the others by all.
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
