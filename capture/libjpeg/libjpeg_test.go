package libjpeg

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"testing"

	"pristine/capture/jpeg"
)

func picture(t testing.TB) ([]byte, jpeg.Header) {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range 64 * 48 {
		m.Set(i%64, i/64, color.RGBA{byte(i % 64 * 4), byte(i / 64 * 5), byte(i * 7), 255})
	}
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, m, &stdjpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	h, err := jpeg.ReadHeader(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), h
}

// What was decoded before the damage is kept, and what lies behind it holds nothing
// of the memory that was there.
func TestDecode_KeepsWhatCameBeforeTheDamage(t *testing.T) {
	data, h := picture(t)
	whole := make([]byte, 3*h.Width*h.Height)
	if err := Decode(whole, data, h); err != nil {
		t.Fatal(err)
	}
	cut := data[:len(data)*3/4]
	got, again := bytes.Repeat([]byte{1}, len(whole)), bytes.Repeat([]byte{99}, len(whole))
	for _, out := range [][]byte{got, again} {
		if err := Decode(out, cut, h); !errors.Is(err, ErrDamaged) {
			t.Fatalf("got %v, want %v", err, ErrDamaged)
		}
	}
	if !bytes.Equal(got[:3*64*8], whole[:3*64*8]) {
		t.Error("the first rows are not those of the picture")
	}
	if !bytes.Equal(got, again) {
		t.Error("pixels of the memory that was there are left")
	}
	broken := bytes.Clone(data)
	copy(broken[bytes.Index(broken, []byte{0xff, 0xc4})+4:], bytes.Repeat([]byte{0xff}, 17)) // its Huffman table
	if err := Decode(got, broken, h); !errors.Is(err, ErrDamaged) || !bytes.Equal(got, make([]byte, len(got))) {
		t.Errorf("without a table: got %v, want %v and black", err, ErrDamaged)
	}
}

// A header that says something else than the data never writes beyond the memory.
func TestDecode_HeaderOfAnotherPicture(t *testing.T) {
	data, h := picture(t)
	for name, wrong := range map[string]jpeg.Header{
		"narrower": {Width: 8, Height: 48, Components: 3}, "lower": {Width: 64, Height: 8, Components: 3}, "CMYK": {Width: 64, Height: 48, Components: 4}, "nothing": {},
	} {
		n := 4 * wrong.Width * wrong.Height
		out := bytes.Repeat([]byte{7}, n+4096)
		if err := Decode(out[:n], data, wrong); err == nil {
			t.Errorf("%s: it was decoded", name)
		}
		if !bytes.Equal(out[n:], bytes.Repeat([]byte{7}, 4096)) {
			t.Errorf("%s: it wrote beyond its memory", name)
		}
	}
	if err := Decode(make([]byte, 10), data, h); err == nil {
		t.Error("it was decoded into too little memory")
	}
}
