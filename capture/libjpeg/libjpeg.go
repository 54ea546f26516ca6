package libjpeg

// #cgo LDFLAGS: -ljpeg
// #include "decode.h"
import "C"

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"pristine/capture/jpeg"
)

// MostExtraneous is how many bytes may stand between a scan and the marker behind
// it: webcams pad with up to four, and a scan that lost its way leaves more.
const MostExtraneous = 16

// Errors of Decode.
var (
	ErrDamaged = errors.New("it is damaged")
	ErrFormat  = errors.New("this kind of jpeg cannot be read")
)

// Decode writes the picture as packed BGR, as it was coded: its EXIF orientation is
// not applied. out must hold 3·Width·Height bytes, or 4·Width·Height where the
// header has four components; the first three quarters are used then.
func Decode(out, data []byte, h jpeg.Header) error {
	n := 3
	if h.Components == 4 {
		n = 4
	}
	if h.Width <= 0 || h.Height <= 0 || len(out) < n*h.Width*h.Height || len(data) == 0 {
		return fmt.Errorf("%w: its size is %d×%d", ErrFormat, h.Width, h.Height)
	}
	o := outcomes.Get().(*C.outcome)
	defer outcomes.Put(o)
	C.decode_jpeg((*C.uchar)(unsafe.Pointer(&data[0])), C.size_t(len(data)), (*C.uchar)(unsafe.Pointer(&out[0])), C.int(h.Width), C.int(h.Height), C.int(h.Components), o)
	switch {
	case o.foreign != 0 && h.Bits != 8:
		return fmt.Errorf("%w: it has %d bits a colour: save it with 8", ErrFormat, h.Bits)
	case o.foreign != 0:
		return fmt.Errorf("%w: %s: save it as baseline JPEG", ErrFormat, C.GoString(&o.text[0]))
	case o.failed != 0 || o.damaged != 0:
		return fmt.Errorf("%w: %s", ErrDamaged, C.GoString(&o.text[0]))
	case o.extraneous > MostExtraneous:
		return fmt.Errorf("%w: %d bytes of its scan belong to no pixel", ErrDamaged, o.extraneous)
	}
	if n == 4 {
		toBGR(out, h.Width*h.Height)
	}
	return nil
}

// outcomes are kept for the next pictures: what C writes to must not be on a stack
// that moves.
var outcomes = sync.Pool{New: func() any { return new(C.outcome) }}

// toBGR converts CMYK in place. Encoders store it inverted, as Adobe's do, so that
// a component is the light that is left.
func toBGR(pix []byte, pixels int) {
	for i := range pixels {
		c, m, y, k := int(pix[4*i]), int(pix[4*i+1]), int(pix[4*i+2]), int(pix[4*i+3])
		pix[3*i], pix[3*i+1], pix[3*i+2] = byte((y*k+127)/255), byte((m*k+127)/255), byte((c*k+127)/255)
	}
}
