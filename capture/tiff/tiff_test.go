package tiff

import (
	"encoding/binary"
	"testing"
)

// file is a TIFF or BigTIFF of 4×2 grey samples whose one strip lies behind the header.
func file(order binary.AppendByteOrder, mark string, big bool, tags [][3]uint32) []byte {
	word := func(b []byte, v uint32) []byte {
		if big {
			return order.AppendUint64(b, uint64(v))
		}
		return order.AppendUint32(b, v)
	}
	b := []byte(mark)
	if big {
		b = order.AppendUint16(order.AppendUint16(b, 8), 0)
	}
	b = word(b, uint32(len(b))+map[bool]uint32{false: 4, true: 8}[big]+8)
	strip := uint32(len(b))
	b = append(b, make([]byte, 8)...)
	tags = append([][3]uint32{{tagWidth, 3, 4}, {tagHeight, 3, 2}, {tagBits, 3, 8}, {tagPhotometric, 3, 1}, {tagStrips, 4, strip}, {tagStripSizes, 4, 8}}, tags...)
	if big {
		b = order.AppendUint64(b, uint64(len(tags)))
	} else {
		b = order.AppendUint16(b, uint16(len(tags)))
	}
	for _, tag := range tags {
		b = word(order.AppendUint16(order.AppendUint16(b, uint16(tag[0])), uint16(tag[1])), 1)
		from := len(b)
		if tag[1] == 3 {
			b = order.AppendUint16(b, uint16(tag[2]))
		} else {
			b = order.AppendUint32(b, tag[2])
		}
		b = append(b, make([]byte, from+map[bool]int{false: 4, true: 8}[big]-len(b))...)
	}
	return word(b, 0)
}

func TestReadHeader(t *testing.T) {
	for name, make := range map[string]func(tags ...[3]uint32) []byte{
		"little":  func(tags ...[3]uint32) []byte { return file(binary.LittleEndian, "II*\x00", false, tags) },
		"big":     func(tags ...[3]uint32) []byte { return file(binary.BigEndian, "MM\x00*", false, tags) },
		"BigTIFF": func(tags ...[3]uint32) []byte { return file(binary.LittleEndian, "II+\x00", true, tags) },
		"both":    func(tags ...[3]uint32) []byte { return file(binary.BigEndian, "MM\x00+", true, tags) },
	} {
		want := Header{Width: 4, Height: 2, Bits: 8, Samples: 1, Photometric: BlackIsZero, Format: Unsigned}
		if got, err := ReadHeader(make()); err != nil || got != want {
			t.Errorf("%s: got %+v, %v; want %+v", name, got, err, want)
		}
		for what, tc := range map[string]struct {
			tags []([3]uint32)
			want func(h *Header)
		}{
			"floats":          {[][3]uint32{{tagFormat, 3, 3}}, func(h *Header) { h.Format = Float }},
			"alpha":           {[][3]uint32{{tagSamples, 3, 4}, {tagExtra, 3, 2}}, func(h *Header) { h.Samples, h.Alpha = 4, true }},
			"multiplied":      {[][3]uint32{{tagExtra, 3, 1}}, func(*Header) {}},
			"planes of tiles": {[][3]uint32{{tagPlanar, 3, 2}, {tagTileWidth, 3, 16}}, func(h *Header) { h.Planar, h.Tiled = true, true }},
			"DNG":             {[][3]uint32{{tagDNGVersion, 4, 1}}, func(h *Header) { h.Raw = true }},
			"a preview":       {[][3]uint32{{tagSubfile, 4, 1}, {tagSubIFDs, 4, 8}}, func(h *Header) { h.Raw = true }},
			"a strip beyond":  {[][3]uint32{{tagStripSizes, 4, 1 << 30}}, func(h *Header) { h.CutOff = true }},
			"tiles beyond":    {[][3]uint32{{tagTiles, 4, 0xffffffff}}, func(h *Header) { h.CutOff = true }},
		} {
			want := want
			tc.want(&want)
			if got, err := ReadHeader(make(tc.tags...)); err != nil || got != want {
				t.Errorf("%s, %s: got %+v, %v; want %+v", name, what, got, err, want)
			}
		}
		data := make()
		for n := range data {
			if h, err := ReadHeader(data[:n]); err == nil && h != want { // the last offset is not needed
				t.Errorf("%s, %d of %d bytes: got %+v", name, n, len(data), h)
			}
		}
	}
}

func FuzzReadHeader(f *testing.F) {
	f.Add(file(binary.LittleEndian, "II*\x00", false, nil))
	f.Add(file(binary.BigEndian, "MM\x00+", true, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		if h, err := ReadHeader(data); err == nil && (h.Width <= 0 || h.Height <= 0) {
			t.Errorf("%+v", h)
		}
	})
}
