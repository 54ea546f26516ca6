package opencv

import (
	"errors"
	"fmt"
	"image"

	"gocv.io/x/gocv"

	"pristine/capture"
	"pristine/capture/orient"
)

// deepest is the smallest value that a picture of 16 bits must exceed somewhere:
// cameras of 12 bits that do not shift their values stay below it.
const deepest = 1 << 12

// errShallow refuses such a picture. To stretch it by what its brightest pixel
// happens to be would give each picture of a camera another scale.
var errShallow = fmt.Errorf("%w: it has 16 bits, of which the upper 4 are never used: a picture of 12 bits that was not scaled, which viewers show black: "+
	"multiply its values by 16, or set the camera to Mono8", ErrPicture)

// decodeByOpenCV decodes what OpenCV reads as viewers show it.
func decodeByOpenCV(f *capture.Frame, data []byte, k kind, orientation int) error {
	flags := gocv.IMReadColor | gocv.IMReadAnyDepth
	if k != kindTIFF {
		flags |= gocv.IMReadIgnoreOrientation
	}
	m, err := gocv.IMDecode(data, flags)
	if err != nil {
		return errors.Join(damaged(k), err)
	}
	defer func() { _ = m.Close() }()
	switch {
	case m.Empty() || !m.IsContinuous():
		return damaged(k)
	case m.Type() == gocv.MatTypeCV16UC3:
		return fromDeep(f, &m, orientation)
	case m.Type() != gocv.MatTypeCV8UC3:
		return fmt.Errorf("%w: its pixels are %v: save it with 8 or 16 bits", ErrPicture, m.Type())
	}
	pix, err := m.DataPtrUint8()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPicture, err)
	}
	f.Resize(orient.Size(m.Cols(), m.Rows(), orientation))
	orient.Copy(f.Pix, pix, 3*m.Cols(), m.Cols(), m.Rows(), orientation)
	return nil
}

// fromDeep keeps the upper 8 of 16 bits.
func fromDeep(f *capture.Frame, m *gocv.Mat, orientation int) error {
	values, err := m.DataPtrUint16()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPicture, err)
	}
	pix := make([]byte, len(values))
	var all uint16
	for i, v := range values {
		all |= v
		pix[i] = byte(v >> 8)
	}
	if all < deepest {
		return errShallow
	}
	f.Resize(orient.Size(m.Cols(), m.Rows(), orientation))
	orient.Copy(f.Pix, pix, 3*m.Cols(), m.Cols(), m.Rows(), orientation)
	return nil
}

// fromImage returns the pixels of a picture that Go's packages decoded, without its
// alpha.
func fromImage(f *capture.Frame, m image.Image, orientation int) error {
	b := m.Bounds()
	width, height := b.Dx(), b.Dy()
	pix := make([]byte, 3*width*height)
	var all uint32
	deep := false
	for y := range height {
		for x := range width {
			c, wide := plain(m, b.Min.X+x, b.Min.Y+y)
			deep = deep || wide
			all |= c[0] | c[1] | c[2]
			at := 3 * (y*width + x)
			pix[at], pix[at+1], pix[at+2] = byte(c[2]>>8), byte(c[1]>>8), byte(c[0]>>8)
		}
	}
	if deep && all < deepest {
		return errShallow
	}
	f.Resize(orient.Size(width, height, orientation))
	orient.Copy(f.Pix, pix, 3*width, width, height, orientation)
	return nil
}

// plain returns the colour of a pixel, 16 bits each, not multiplied by alpha; deep
// reports whether the picture has as many.
func plain(m image.Image, x, y int) (rgb [3]uint32, deep bool) {
	switch m := m.(type) {
	case *image.NRGBA:
		c := m.NRGBAAt(x, y)
		return [3]uint32{257 * uint32(c.R), 257 * uint32(c.G), 257 * uint32(c.B)}, false
	case *image.NRGBA64:
		c := m.NRGBA64At(x, y)
		return [3]uint32{uint32(c.R), uint32(c.G), uint32(c.B)}, true
	}
	r, g, b, _ := m.At(x, y).RGBA()
	switch m.(type) {
	case *image.Gray16, *image.RGBA64:
		deep = true
	}
	return [3]uint32{r, g, b}, deep
}
