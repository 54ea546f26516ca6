package exif

import (
	"bytes"
	"encoding/binary"
)

// tag of the orientation, and the type of its value (TIFF 6.0, sections 2 and 8).
const (
	tag   = 0x0112
	short = 3
	long  = 4
)

// Orientation returns the orientation of the first picture, 1 to 8.
func Orientation(tiff []byte) int {
	tiff = bytes.TrimPrefix(tiff, []byte("Exif\x00\x00")) // some writers of PNG and WebP repeat it
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == tag {
			return value(order, entries)
		}
		entries = entries[12:]
	}
	return 1
}

func value(order binary.ByteOrder, entry []byte) int {
	o := 0
	switch order.Uint16(entry[2:]) {
	case short:
		o = int(order.Uint16(entry[8:]))
	case long: // some cameras
		o = int(order.Uint32(entry[8:]))
	}
	if o < 1 || o > 8 {
		return 1
	}
	return o
}
