package jpeg

import (
	"bytes"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"testing"
)

// picture is a JPEG whose pixels are coded in many bytes.
func picture(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		img.Set(i%width, i/width, color.RGBA{byte(i * 7), byte(i * i), byte(i / 3), 255})
	}
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, img, &stdjpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// insert puts a segment behind the start marker.
func insert(data []byte, marker byte, segment []byte) []byte {
	n := len(segment) + 2
	return append(append([]byte{0xff, soi, 0xff, marker, byte(n >> 8), byte(n)}, segment...), data[2:]...)
}

func TestWalker_FindsTheEnd(t *testing.T) {
	p := picture(t, 40, 30)
	thumbnail := insert(p, app1, append([]byte("Exif\x00\x00"), picture(t, 8, 8)...))
	for name, tc := range map[string]struct {
		data  []byte
		end   int
		state State
	}{
		"a picture":                  {p, len(p), Whole},
		"with bytes behind it":       {append(bytes.Clone(p), "\xff\xda trailer \xff\xd9"...), len(p), Whole},
		"with a thumbnail":           {thumbnail, len(thumbnail), Whole},
		"with fill bytes":            {append(bytes.Clone(p[:len(p)-2]), 0xff, 0xff, 0xff, eoi), len(p) + 2, Whole},
		"cut off":                    {p[:len(p)-20], 0, More},
		"cut off, with the next":     {append(bytes.Clone(p[:len(p)-20]), p...), len(p) - 20, Broken},
		"cut within a marker":        {p[:len(p)-1], 0, More},
		"cut within a length":        {p[:5], 0, More},
		"no more than its start":     {p[:2], 0, More},
		"a length that leads beyond": {[]byte{0xff, soi, 0xff, app1, 0xff, 0xff, 1}, 0, More},
	} {
		t.Run(name, func(t *testing.T) {
			var whole Walker
			if end, state := whole.Walk(tc.data); end != tc.end || state != tc.state {
				t.Errorf("got %d, %d; want %d, %d", end, state, tc.end, tc.state)
			}
			// The same bytes, one by one.
			var w Walker
			end, state := 0, More
			for n := 2; n <= len(tc.data) && state == More; n++ {
				end, state = w.Walk(tc.data[:n])
			}
			if end != tc.end || state != tc.state {
				t.Errorf("byte by byte: got %d, %d; want %d, %d", end, state, tc.end, tc.state)
			}
		})
	}
}

func TestReadHeader(t *testing.T) {
	p := picture(t, 40, 30)
	h, err := ReadHeader(insert(p, app1, []byte("Exif\x00\x00MM")))
	if err != nil || h.Width != 40 || h.Height != 30 || h.Components != 3 || h.Bits != 8 || string(h.EXIF) != "MM" {
		t.Errorf(`got %+v, %v; want err == nil, h.Width == 40, h.Height == 30, h.Components == 3, h.Bits == 8, string(h.EXIF) == "MM"`, h, err)
	}
	for n := range bytes.Index(p, []byte{0xff, sos}) + 4 { // all before the scan
		if _, err := ReadHeader(p[:n]); err == nil {
			t.Fatalf("%d bytes have a header", n)
		}
	}
}

func FuzzMarkers(f *testing.F) {
	p := picture(f, 8, 8)
	f.Add(p)
	f.Add(append(bytes.Clone(p[:len(p)-9]), p...))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ReadHeader(data)
		if err == nil && (h.Components == 0 || len(h.EXIF) > len(data)) {
			t.Errorf("%+v", h)
		}
		var w Walker
		if end, state := w.Walk(data); end < 0 || end > len(data) || (state == More) != (end == 0) {
			t.Errorf("the end is %d of %d, state %d; want end >= 0, end <= len(data), (state == More) == (end == 0)", end, len(data), state)
		}
	})
}
