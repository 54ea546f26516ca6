package tiff

import (
	"encoding/binary"
	"errors"
	"math"
)

// Photometric interpretations (TIFF 6.0, tag 262).
const (
	WhiteIsZero = 0
	BlackIsZero = 1
	RGB         = 2
	Palette     = 3
	CMYK        = 5
	YCbCr       = 6
	CIELab      = 8
)

// Sample formats (tag 339).
const (
	Unsigned = 1
	Signed   = 2
	Float    = 3
)

// Header is what the first directory says.
type Header struct {
	Width, Height int
	Bits          int // of a sample
	Samples       int // of a pixel
	Photometric   int
	Format        int  // of a sample
	Alpha         bool // unassociated: colours are not multiplied by it
	Tiled, Planar bool // how its pixels are arranged
	Raw           bool // of a camera's sensor: what is shown is a preview
	CutOff        bool // some of its pixels lie behind the end of the file
}

// ErrDamaged is returned when the first directory cannot be read.
var ErrDamaged = errors.New("the tiff header is damaged")

// Tags that are read.
const (
	tagSubfile     = 254
	tagWidth       = 256
	tagHeight      = 257
	tagBits        = 258
	tagPhotometric = 262
	tagSamples     = 277
	tagPlanar      = 284
	tagTileWidth   = 322
	tagStrips      = 273 // where they lie
	tagStripSizes  = 279
	tagTiles       = 324
	tagTileSizes   = 325
	tagSubIFDs     = 330
	tagExtra       = 338
	tagFormat      = 339
	tagDNGVersion  = 50706
)

// mostEntries bounds a directory: real ones have some dozens.
const mostEntries = 4096

type reader struct {
	data  []byte
	order binary.ByteOrder
	big   bool
}

// ReadHeader reads the first directory.
func ReadHeader(data []byte) (Header, error) {
	h := Header{Bits: 1, Samples: 1, Photometric: -1, Format: Unsigned}
	r := reader{data: data, order: binary.LittleEndian}
	if len(data) < 16 {
		return h, ErrDamaged
	}
	if data[0] == 'M' {
		r.order = binary.BigEndian
	}
	r.big = r.order.Uint16(data[2:]) == 43
	h.Raw = string(data[8:10]) == "CR" // Canon's raw files
	at, size := uint64(r.order.Uint32(data[4:])), uint64(12)
	if r.big {
		at, size = r.order.Uint64(data[8:]), 20
	}
	n, at, ok := r.count(at)
	if !ok || n > mostEntries || at+n*size > uint64(len(data)) {
		return h, ErrDamaged
	}
	preview, others := false, false
	var places, sizes list
	for i := range n {
		entry := data[at+i*size:][:size]
		l := r.list(entry)
		if l.n == 0 {
			continue // of a type that none of these tags has
		}
		value := int(min(l.at(r.order, 0), math.MaxInt32))
		switch r.order.Uint16(entry) {
		case tagSubfile:
			preview = value&1 != 0
		case tagWidth:
			h.Width = value
		case tagHeight:
			h.Height = value
		case tagBits:
			h.Bits = value
		case tagPhotometric:
			h.Photometric = value
		case tagSamples:
			h.Samples = value
		case tagPlanar:
			h.Planar = value == 2
		case tagTileWidth:
			h.Tiled = true
		case tagExtra:
			h.Alpha = value == 2
		case tagFormat:
			h.Format = value
		case tagSubIFDs:
			others = true
		case tagDNGVersion:
			h.Raw = true
		case tagStrips, tagTiles:
			places = l
		case tagStripSizes, tagTileSizes:
			sizes = l
		}
	}
	h.Raw = h.Raw || preview && others
	if h.Width <= 0 || h.Height <= 0 {
		return h, ErrDamaged
	}
	for i := range min(places.n, sizes.n) {
		if from, n := places.at(r.order, i), sizes.at(r.order, i); n > uint64(len(data)) || from > uint64(len(data))-n {
			h.CutOff = true
		}
	}
	return h, nil
}

// list is the values of an entry.
type list struct {
	data    []byte
	size, n int
}

// at returns a value; the caller keeps i below n.
func (l list) at(order binary.ByteOrder, i int) uint64 {
	b := l.data[i*l.size:]
	switch l.size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(order.Uint16(b))
	case 4:
		return uint64(order.Uint32(b))
	}
	return order.Uint64(b)
}

// count reads the number of entries at an offset, and returns the offset of the first.
func (r *reader) count(at uint64) (n, behind uint64, ok bool) {
	size := uint64(2)
	if r.big {
		size = 8
	}
	if at > math.MaxInt32 || at+size > uint64(len(r.data)) {
		return 0, 0, false
	}
	if r.big {
		return r.order.Uint64(r.data[at:]), at + size, true
	}
	return uint64(r.order.Uint16(r.data[at:])), at + size, true
}

// sizeOf returns the bytes of a value: of bytes, shorts, longs, and offsets of
// directories, 32 or 64 bits long.
func sizeOf(kind uint16) int {
	switch kind {
	case 1:
		return 1
	case 3:
		return 2
	case 4, 13:
		return 4
	case 16, 18:
		return 8
	}
	return 0
}

// list returns the values of an entry; none where they are of another type, or lie
// behind the end of the data.
func (r *reader) list(entry []byte) list {
	size := sizeOf(r.order.Uint16(entry[2:]))
	count, value := uint64(r.order.Uint32(entry[4:])), entry[8:]
	if r.big {
		count, value = r.order.Uint64(entry[4:]), entry[12:]
	}
	if size == 0 || count > uint64(len(r.data)/size) {
		return list{}
	}
	n := int(count)
	if size*n > len(value) { // they stand elsewhere
		at := uint64(r.order.Uint32(value))
		if r.big {
			at = r.order.Uint64(value)
		}
		if at > uint64(len(r.data)) || size*n > len(r.data)-int(at) {
			return list{}
		}
		value = r.data[at:]
	}
	return list{value, size, n}
}
