package exif

import (
	"encoding/binary"
	"testing"
)

// structure is a TIFF structure with one other entry before the orientation.
func structure(order binary.AppendByteOrder, mark string, kind uint16, o uint32) []byte {
	b := order.AppendUint32([]byte(mark), 8)
	b = order.AppendUint16(b, 2)
	for _, entry := range []struct {
		tag, kind uint16
		value     uint32
	}{{0x010f, short, 7}, {tag, kind, o}} {
		b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, entry.tag), entry.kind), 1)
		if entry.kind == short {
			b = append(order.AppendUint16(b, uint16(entry.value)), 0, 0)
		} else {
			b = order.AppendUint32(b, entry.value)
		}
	}
	return order.AppendUint32(b, 0)
}

func TestOrientation(t *testing.T) {
	for o := range uint32(10) {
		want := int(o)
		if o < 1 || o > 8 {
			want = 1
		}
		for name, data := range map[string][]byte{
			"little": structure(binary.LittleEndian, "II*\x00", short, o), "big": structure(binary.BigEndian, "MM\x00*", short, o),
			"long": structure(binary.BigEndian, "MM\x00*", long, o), "named": append([]byte("Exif\x00\x00"), structure(binary.LittleEndian, "II*\x00", short, o)...),
		} {
			if got := Orientation(data); got != want {
				t.Errorf("%s: got %d, want %d", name, got, want)
			}
			for n := range data { // cut off anywhere it is upright, or what it was
				if got := Orientation(data[:n]); got != 1 && got != want {
					t.Errorf("%s, %d bytes: got %d", name, n, got)
				}
			}
		}
	}
	if got := Orientation(structure(binary.BigEndian, "MM\x00*", 7, 6)); got != 1 {
		t.Errorf("a value of an unknown type: got %d, want 1", got)
	}
}

func FuzzOrientation(f *testing.F) {
	f.Add(structure(binary.LittleEndian, "II*\x00", short, 6))
	f.Add([]byte("MM\x00*\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if o := Orientation(data); o < 1 || o > 8 {
			t.Errorf("got %d", o)
		}
	})
}
