package opencv

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"pristine/capture"
	"pristine/internal/untar"
)

// surface is a picture like one of a part: smooth, with texture and edges.
func surface(width, height int) *image.RGBA {
	random := rand.New(rand.NewPCG(1, 2))
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			level := 120 + 60*math.Sin(float64(x)/17) + 30*math.Cos(float64(y)/11) + 12*random.Float64()
			if (x/40+y/40)%3 == 0 {
				level /= 2
			}
			m.SetRGBA(x, y, color.RGBA{byte(level), byte(level * 0.9), byte(level * 0.7), 255})
		}
	}
	return m
}

func encoded(t testing.TB, encode func(b *bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	return encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, m, &jpeg.Options{Quality: 90}) })
}

// scanOf returns where the entropy-coded data of a JPEG begins and ends.
func scanOf(data []byte) (from, to int) {
	at := bytes.Index(data, []byte{0xff, 0xda})
	return at + 2 + int(binary.BigEndian.Uint16(data[at+2:])), len(data) - 2
}

// The cable shook, the buffer was full, the sensor's DMA stopped: the scan lost
// bytes, and its end marker is in place (Bodmer/JPEGDecoder#39).
func TestDecode_JPEGThatLostBytes(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	data := jpegOf(t, surface(640, 480))
	from, to := scanOf(data)
	for _, percent := range []int{1, 6, 12, 25, 50} {
		n := (to - from) * percent / 100
		for i := range 20 {
			at := from + random.IntN(to-from-n)
			if i == 0 {
				at = to - n
			}
			lost := append(bytes.Clone(data[:at]), data[at+n:]...)
			var f capture.Frame
			if err := DecodeInto(&f, lost); !errors.Is(err, ErrPicture) || !errors.Is(err, ErrDamaged) {
				t.Errorf("without %d%% of its scan, from %d%% on: got %v, want %v", percent, 100*(at-from)/(to-from), err, ErrDamaged)
			} else if f.Width != 640 || f.Height != 480 || len(f.Pix) != 3*640*480 {
				t.Errorf("what could be decoded is %d × %d; want f.Width == 640, f.Height == 480, len(f.Pix) == 3*640*480", f.Width, f.Height)
			}
			zeroed := bytes.Clone(data)
			clear(zeroed[at : at+n])
			if err := DecodeInto(&f, zeroed); percent >= 6 && !errors.Is(err, ErrDamaged) {
				t.Errorf("with %d%% of its scan zeroed: got %v, want %v", percent, err, ErrDamaged)
			}
		}
	}
}

func TestDecode_JPEGWithHarmlessBytes(t *testing.T) {
	data := jpegOf(t, surface(320, 240))
	want, _, _, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	trailer := make([]byte, 300<<10)
	for i, random := 0, rand.New(rand.NewPCG(5, 6)); i < len(trailer); i++ {
		trailer[i] = byte(random.Uint32())
	}
	restart, err := os.ReadFile(filepath.Join(untar.Gzip(t, "testdata/pictures.tar.gz"), "restart.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	restarts, _, _, err := Decode(restart)
	if err != nil {
		t.Fatal(err)
	}
	padded := bytes.Clone(restart)
	for marker := range 4 { // as Logitech's C270 does (opencv/opencv#9477)
		at := bytes.Index(padded, []byte{0xff, byte(0xd0 + marker)})
		padded = append(bytes.Clone(padded[:at]), append([]byte{0, 0, 0, 0}[:1+marker], padded[at:]...)...)
	}
	for name, tc := range map[string]struct{ data, want []byte }{
		"300 KB of random bytes":             {append(bytes.Clone(data), trailer...), want}, // 3rd/image.nvim#379
		"a second picture":                   {append(bytes.Clone(data), jpegOf(t, surface(16, 16))...), want},
		"zeros":                              {append(bytes.Clone(data), make([]byte, 512)...), want},
		"line ends":                          {append(bytes.Clone(data), "\r\n"...), want},
		"no end marker":                      {data[:len(data)-2], want},
		"zeros instead of the end marker":    {append(bytes.Clone(data[:len(data)-2]), make([]byte, 8)...), want},
		"fill bytes before the end marker":   {append(bytes.Clone(data[:len(data)-2]), 0xff, 0xff, 0xff, 0xd9), want},
		"bytes before each restart marker":   {padded, restarts},
		"an unknown segment before the scan": {append(bytes.Clone(data[:2]), append([]byte{0xff, 0xef, 0, 4, 1, 2}, data[2:]...)...), want},
	} {
		got, _, _, err := Decode(tc.data)
		if err != nil || !bytes.Equal(got, tc.want) {
			t.Errorf("%s: got %v, want the picture as it is without", name, err)
		}
	}
}

// Of every format, a file that is cut off anywhere is refused, or shows every pixel.
func TestDecode_CutOffFiles(t *testing.T) {
	m := surface(160, 120)
	pix, width, height, err := Decode(encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, m) }))
	if err != nil {
		t.Fatal(err)
	}
	tiffOf := func(o tiff.Options) []byte {
		return encoded(t, func(b *bytes.Buffer) error { return tiff.Encode(b, m, &o) })
	}
	files := map[string][]byte{
		"png": encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, m) }), "bmp": encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, m) }),
		"gif": encoded(t, func(b *bytes.Buffer) error { return gif.Encode(b, m, nil) }), "jpeg": jpegOf(t, m),
		"tiff": tiffOf(tiff.Options{}), "deflated tiff": tiffOf(tiff.Options{Compression: tiff.Deflate}),
	}
	dir := untar.Gzip(t, "testdata/pictures.tar.gz")
	for _, name := range []string{"lossy.webp", "alpha.webp", "interlaced.gif", "progressive.jpg", "big.tif", "cmyk.tif", "jpeg.tif", "planar.tif", "lzw.tif", "g4.tif", "palette.bmp", "sixteen.png", "cmyk.jpg"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			whole, w, h, err := Decode(data)
			if err != nil {
				t.Fatal(err)
			}
			if name == "png" && (w != width || h != height || !bytes.Equal(whole, pix)) {
				t.Fatal("the same file gives another picture")
			}
			for i := range 40 {
				n := len(data) * (i + 1) / 41
				if n > 1 && bytes.HasPrefix(data, []byte("\xff\xd8")) {
					n = min(n, len(data)-8) // the end marker alone may be missing
				}
				got, _, _, err := Decode(data[:n])
				if err == nil && !bytes.Equal(got, whole) {
					t.Errorf("%d of %d bytes are another picture", n, len(data))
				}
				if err != nil && (!errors.Is(err, ErrPicture) || strings.Contains(err.Error(), "cannot be read:")) {
					t.Errorf("%d of %d bytes: got %v, want %v", n, len(data), err, ErrPicture)
				}
			}
		})
	}
}

// The checksum of PNG tells that its bytes were exchanged.
func TestDecode_PNGWithExchangedBytes(t *testing.T) {
	data := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, surface(160, 120)) })
	at := bytes.Index(data, []byte("IDAT")) + 4
	for _, share := range []float64{0.1, 0.5, 0.9} {
		broken := bytes.Clone(data)
		for i := range 50 {
			broken[at+int(share*float64(len(data)-at-100))+i] ^= 0x55
		}
		if _, _, _, err := Decode(broken); !errors.Is(err, ErrDamaged) {
			t.Errorf("exchanged at %.0f%%: got %v, want %v", 100*share, err, ErrDamaged)
		}
	}
}

// Cameras of 12 bits that keep them in the lower bits of 16 (alliedvision/VmbPy#45).
func TestDecode_SixteenBits(t *testing.T) {
	deep := func(scale int, colour bool) image.Image {
		if colour {
			m := image.NewNRGBA64(image.Rect(0, 0, 64, 16))
			for i := range 64 * 16 {
				v := uint16(i % 64 * scale)
				m.SetNRGBA64(i%64, i/64, color.NRGBA64{v, v, v, 0xffff})
			}
			return m
		}
		m := image.NewGray16(image.Rect(0, 0, 64, 16))
		for i := range 64 * 16 {
			m.SetGray16(i%64, i/64, color.Gray16{uint16(i % 64 * scale)})
		}
		return m
	}
	for name, encode := range map[string]func(m image.Image) []byte{
		"png": func(m image.Image) []byte { return encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, m) }) },
		"tiff": func(m image.Image) []byte {
			return encoded(t, func(b *bytes.Buffer) error { return tiff.Encode(b, m, nil) })
		},
	} {
		for _, colour := range []bool{false, true} {
			for bits, scale := range map[int]int{10: 1 << 4, 12: 1 << 6} {
				var f capture.Frame
				err := DecodeInto(&f, encode(deep(scale, colour)))
				if !errors.Is(err, ErrPicture) || !strings.Contains(err.Error(), "multiply its values by 16") || f.Width != 0 {
					t.Errorf("%d bits in 16, %s, colour %v: got %v, want the remedy", bits, name, colour, err)
				}
			}
			pix, _, _, err := Decode(encode(deep(1<<10, colour)))
			if err != nil || pix[3*63] != 63<<2 || pix[3*31+1] != 31<<2 {
				t.Errorf("16 bits, %s, colour %v: got %d and %d, %v; want the upper 8", name, colour, pix[3*63], pix[3*31+1], err)
			}
		}
	}
}

// directory is a TIFF of one strip of 8×8 samples of these bits, with other tags.
func directory(tags map[uint16]uint16, bits, samples int) []byte {
	le := binary.LittleEndian
	all := map[uint16]uint16{256: 8, 257: 8, 258: uint16(bits), 259: 1, 262: 1, 277: uint16(samples), 278: 8}
	for tag, value := range tags {
		all[tag] = value
	}
	size := 8 * 8 * bits * samples / 8
	b := le.AppendUint32([]byte("II*\x00"), uint32(8+size))
	for i := range size {
		b = append(b, byte(i))
	}
	b = le.AppendUint16(b, uint16(len(all)+2))
	for tag := range uint16(0xffff) {
		value, found := all[tag]
		switch {
		case tag == 273:
			b = le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(b, tag), 4), 1), 8)
		case tag == 279:
			b = le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(b, tag), 4), 1), uint32(size))
		case found:
			b = le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(b, tag), 3), 1), uint32(value))
		}
	}
	return le.AppendUint32(b, 0)
}

// What is not read as viewers show it is refused by name, with what to do.
func TestDecode_NamesWhatItRefuses(t *testing.T) {
	twelve := jpegOf(t, surface(16, 16))
	twelve[bytes.Index(twelve, []byte{0xff, 0xc0})+4] = 12
	many := jpegOf(t, surface(16, 16)) // of 67 megapixels: their memory is not even asked for
	copy(many[bytes.Index(many, []byte{0xff, 0xc0})+5:], []byte{0x1a, 0x26, 0x27, 0x28, 41})
	for name, tc := range map[string]struct {
		data  []byte
		words string
	}{
		"heic":               {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "it is HEIC, which is not read: convert it to JPEG"},
		"avif":               {[]byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00"), "it is AVIF, which is not read: convert it to PNG"},
		"jpeg 2000":          {[]byte("\x00\x00\x00\x0cjP  \r\n\x87\n"), "it is JPEG 2000"},
		"jpeg xl":            {[]byte("\xff\x0a\xfa\x1f"), "it is JPEG XL"},
		"pgm":                {[]byte("P5\n4 4\n255\n"), "it is PGM, which is not read: convert it to PNG"},
		"photoshop":          {[]byte("8BPS\x00\x01"), "export it as PNG"},
		"a web page":         {[]byte("<!DOCTYPE html>"), "fetch the picture itself"},
		"a pointer":          {[]byte("version https://git-lfs.github.com/spec/v1\n"), "git lfs pull"},
		"zeros":              {make([]byte, 4096), "it was not written to its end"},
		"text":               {[]byte("hello"), "JPEG, PNG, BMP, TIFF, WebP and GIF can be read"},
		"nothing":            {nil, "the file is empty"},
		"jpeg of 12 bits":    {twelve, "12 bits a colour: save it with 8"},
		"jpeg of 41 colours": {many, "41 colours a pixel"},
		"tiff of floats":     {directory(map[uint16]uint16{339: 3}, 32, 1), "floating-point or signed numbers"},
		"tiff of signed":     {directory(map[uint16]uint16{339: 2}, 8, 1), "floating-point or signed numbers"},
		"tiff of 32 bits":    {directory(nil, 32, 1), "32 bits a sample: save it with 8 or 16"},
		"tiff of 12 bits":    {directory(nil, 12, 1), "12 bits a sample: save it with 8 or 16"},
		"tiff in Lab":        {directory(map[uint16]uint16{262: 8}, 8, 3), "CIE Lab: save it as RGB"},
		"tiff in deep CMYK":  {directory(map[uint16]uint16{262: 5}, 16, 4), "CMYK with 16 bits"},
		"tiff of a sensor":   {directory(map[uint16]uint16{262: 32803}, 8, 1), "of kind 32803"},
		"dng":                {directory(map[uint16]uint16{50706: 1}, 8, 1), "raw file, whose first picture is a preview"},
		"tiff without end":   {[]byte("II*\x00\xff\xff\x00\x00"), "damaged"},
		"an animated webp":   {[]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x0f\x00\x00\x0f\x00\x00ANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00"), "animated WebP"},
		"a huge claim (BMP)": {append([]byte("BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00"), make([]byte, 64)...), "it claims 65536×65536 pixels"},
	} {
		t.Run(name, func(t *testing.T) {
			f := capture.Frame{Pix: make([]byte, 12), Width: 2, Height: 2}
			err := DecodeInto(&f, tc.data)
			if !errors.Is(err, ErrPicture) || !strings.Contains(err.Error(), tc.words) {
				t.Errorf("got %v, want %q", err, tc.words)
			}
			if len(f.Pix) != 0 || f.Width != 0 || f.Height != 0 {
				t.Errorf("the frame keeps %d bytes of what it held before, %d × %d; want len(f.Pix) == 0, f.Width == 0, f.Height == 0", len(f.Pix), f.Width, f.Height)
			}
		})
	}
}

// Decoding a frame of a camera allocates nothing.
func TestDecodeInto_AllocatesNothing(t *testing.T) {
	for name, data := range map[string][]byte{"upright": jpegOf(t, surface(64, 48)), "turned": turned(jpegOf(t, surface(64, 48)), 6)} {
		var f capture.Frame
		if n := testing.AllocsPerRun(50, func() {
			if err := DecodeInto(&f, data); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("%s: %v allocations a picture", name, n)
		}
	}
}

// turned adds an orientation to a JPEG.
func turned(data []byte, orientation byte) []byte {
	segment := []byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	segment[29] = orientation
	return append(append(bytes.Clone(data[:2]), segment...), data[2:]...)
}

func BenchmarkDecodeInto(b *testing.B) {
	m := surface(1920, 1080)
	for name, data := range map[string][]byte{"jpeg": jpegOf(b, m), "turned": turned(jpegOf(b, m), 6), "png": encoded(b, func(w *bytes.Buffer) error { return png.Encode(w, m) })} {
		b.Run(fmt.Sprintf("%s-%dKB", name, len(data)>>10), func(b *testing.B) {
			var f capture.Frame
			b.ReportAllocs()
			for b.Loop() {
				if err := DecodeInto(&f, data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	dir := untar.Gzip(f, "testdata/pictures.tar.gz")
	for _, name := range []string{"exif-6.jpg", "exif-6.png", "exif-6.webp", "exif-6.tif", "cmyk.jpg", "cmyk.tif", "big.tif", "planar.tif", "interlaced.gif", "palette.bmp", "sixteen.tif", "restart.jpg", "progressive.jpg"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var frame capture.Frame
		err := DecodeInto(&frame, data)
		if len(frame.Pix) != 3*frame.Width*frame.Height {
			t.Fatalf("%d bytes for %d×%d", len(frame.Pix), frame.Width, frame.Height)
		}
		if err != nil && !errors.Is(err, ErrPicture) {
			t.Fatalf("%v is not %v", err, ErrPicture)
		}
	})
}

// A picture is read by its content: endings are often wrong.
func TestDecodeFile_WrongEnding(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	if err := os.WriteFile(path, encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, surface(8, 4)) }), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, width, height, err := DecodeFile(path); err != nil || width != 8 || height != 4 {
		t.Errorf("a PNG named .tif: got %d × %d, %v; want 8 × 4", width, height, err)
	}
}
