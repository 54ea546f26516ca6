package jpeg

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Markers that stand behind 0xFF (ITU-T T.81, table B.1).
const (
	soi, eoi, sos, app1, tem = 0xd8, 0xd9, 0xda, 0xe1, 0x01
)

// Start is how a JPEG begins: its start marker, and the first byte of the next.
var Start = []byte{0xff, soi, 0xff}

// State is what a walk found.
type State int

// The states of a walk.
const (
	More   State = iota // the picture goes on behind the data
	Whole               // its end marker was found
	Broken              // another picture begins within it
)

// Walker looks for the end of the picture that data begins with. Data may grow
// between two calls; what was seen is not looked at again.
type Walker struct{ at int }

// Reset makes the walker ready for another picture.
func (w *Walker) Reset() { w.at = 0 }

// Walk returns the offset behind the picture when it is Whole, and that of the next
// picture when it is Broken.
func (w *Walker) Walk(data []byte) (end int, s State) {
	w.at = max(w.at, 2) // behind the start marker
	for w.at < len(data) {
		at, marker, behind := next(data, w.at)
		if behind == 0 {
			w.at = at
			return 0, More
		}
		switch {
		case marker == eoi:
			return behind, Whole
		case marker == soi:
			return at, Broken
		case standalone(marker):
			w.at = behind
			continue
		}
		if behind+2 > len(data) {
			w.at = at
			return 0, More
		}
		w.at = behind + int(binary.BigEndian.Uint16(data[behind:]))
	}
	return 0, More
}

// next finds the next marker, or a stuffed zero; behind is 0 where there is none,
// and at is then where to look again.
func next(data []byte, from int) (at int, marker byte, behind int) {
	i := bytes.IndexByte(data[from:], 0xff)
	if i < 0 {
		return len(data), 0, 0
	}
	at = from + i
	for behind = at + 1; behind < len(data); behind++ { // fill bytes may repeat
		if data[behind] != 0xff {
			return at, data[behind], behind + 1
		}
	}
	return at, 0, 0
}

// standalone reports whether no length follows the marker.
func standalone(marker byte) bool {
	return marker == 0 || marker == tem || marker >= 0xd0 && marker <= 0xd7
}

// Header is what stands before the first scan.
type Header struct {
	Width, Height int
	Components    int    // 1 grey, 3 colour, 4 CMYK
	Bits          int    // of a component
	EXIF          []byte // TIFF structure, part of the data; nil without one
}

// Errors of ReadHeader.
var (
	ErrNoJPEG = errors.New("it is no JPEG")
	ErrCutOff = errors.New("it is cut off before its pixels")
)

// exifName stands before the TIFF structure.
var exifName = []byte("Exif\x00\x00")

// ReadHeader reads the header of a picture.
func ReadHeader(data []byte) (Header, error) {
	var h Header
	if !bytes.HasPrefix(data, Start) {
		return h, ErrNoJPEG
	}
	for at := 2; ; {
		_, marker, behind := next(data, at)
		switch {
		case behind == 0 || marker == eoi || marker == soi:
			return h, ErrCutOff
		case standalone(marker):
			at = behind
			continue
		case behind+2 > len(data):
			return h, ErrCutOff
		}
		at = behind + int(binary.BigEndian.Uint16(data[behind:]))
		if at > len(data) || at < behind+2 {
			return h, ErrCutOff
		}
		segment := data[behind+2 : at]
		switch {
		case marker == sos:
			if h.Components == 0 {
				return h, ErrCutOff
			}
			return h, nil
		case marker == app1 && bytes.HasPrefix(segment, exifName) && h.EXIF == nil:
			h.EXIF = segment[len(exifName):]
		case frame(marker) && len(segment) >= 6:
			h.Bits, h.Components = int(segment[0]), int(segment[5])
			h.Height, h.Width = int(binary.BigEndian.Uint16(segment[1:])), int(binary.BigEndian.Uint16(segment[3:]))
		}
	}
}

// frame reports whether the marker starts a frame: SOF0 to SOF15 without DHT, JPG
// and DAC, which stand among them.
func frame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}
