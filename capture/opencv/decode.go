package opencv

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/png"
	"os"
	"sync"

	xtiff "golang.org/x/image/tiff"
	"golang.org/x/image/webp"

	"pristine/capture"
	"pristine/capture/exif"
	"pristine/capture/jpeg"
	"pristine/capture/libjpeg"
	"pristine/capture/orient"
	"pristine/capture/tiff"
)

// MaxPixels is the largest picture that is decoded: 100 megapixels are 300 MB
// of BGR, more than any industrial camera gives.
const MaxPixels = 100_000_000

// MaxFileBytes is the size of the largest file that is read: MaxPixels in 16 bits.
const MaxFileBytes = 640 << 20

// Errors of decoding.
var (
	// ErrPicture is returned within every error: the bytes are no picture that can
	// be used.
	ErrPicture = errors.New("not a usable picture")
	// ErrDamaged is returned within an error, beside ErrPicture, when the picture
	// lost data on its way: the frame then holds what could be decoded.
	ErrDamaged = libjpeg.ErrDamaged
)

// DecodeFile reads a picture file as packed BGR, as DecodeInto does.
func DecodeFile(path string) (pix []byte, width, height int, err error) {
	if info, err := os.Stat(path); err == nil && info.Size() > MaxFileBytes {
		return nil, 0, 0, fmt.Errorf("read picture %s: %w: it has %d bytes: at most %d are read", path, ErrPicture, info.Size(), int64(MaxFileBytes))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("read picture: %w", err)
	}
	pix, width, height, err = Decode(data)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("read picture %s: %w", path, err)
	}
	return pix, width, height, nil
}

// Decode decodes the bytes of a picture file, as DecodeInto does.
func Decode(data []byte) (pix []byte, width, height int, err error) {
	var f capture.Frame
	if err := DecodeInto(&f, data); err != nil {
		return nil, 0, 0, err
	}
	return f.Pix, f.Width, f.Height, nil
}

// DecodeInto decodes the bytes of a picture file into a frame, whose memory it
// reuses. It is the one decoder of cameras, commands and references alike.
//
// The picture is upright by its EXIF orientation. Alpha is dropped. Of 16 bits the
// upper 8 are taken; a picture of 16 bits whose values all lie below 4,096 is
// refused, for it holds 12 bits or fewer, and viewers show it black. CMYK is
// converted without its profile. Of an animation or of several pages the first
// picture is taken.
//
// Behind an error the frame holds what could be decoded, or is 0 × 0.
func DecodeInto(f *capture.Frame, data []byte) error {
	f.Resize(0, 0)
	k, err := kindOf(data)
	if err == nil {
		err = decode(f, data, k)
	}
	if err != nil && !errors.Is(err, ErrDamaged) {
		f.Resize(0, 0)
	}
	return err
}

func decode(f *capture.Frame, data []byte, k kind) error {
	switch k {
	case kindJPEG:
		return decodeJPEG(f, data)
	case kindPNG:
		return decodePNG(f, data)
	case kindBMP:
		return decodeBMP(f, data)
	case kindTIFF:
		return decodeTIFF(f, data)
	case kindGIF:
		return decodeGIF(f, data)
	default:
		return decodeWebP(f, data)
	}
}

// fits refuses sizes that no camera has.
func fits(width, height int) error {
	if width <= 0 || height <= 0 || width > MaxPixels/height {
		return fmt.Errorf("%w: it claims %d×%d pixels, more than %d in all", ErrPicture, width, height, MaxPixels)
	}
	return nil
}

// damaged returns the error that a file of this kind cannot be decoded to its end.
func damaged(k kind) error {
	return fmt.Errorf("%w: %w: the %s data cannot be decoded to its end", ErrPicture, ErrDamaged, k)
}

// scratch holds pictures that are not upright yet.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

func decodeJPEG(f *capture.Frame, data []byte) error {
	h, err := jpeg.ReadHeader(data)
	if err != nil {
		return fmt.Errorf("%w: %w: %w", ErrPicture, ErrDamaged, err)
	}
	if err := fits(h.Width, h.Height); err != nil {
		return err
	}
	if h.Components != 1 && h.Components != 3 && h.Components != 4 {
		return fmt.Errorf("%w: it has %d colours a pixel: save it as RGB", ErrPicture, h.Components)
	}
	orientation, n := exif.Orientation(h.EXIF), max(3, h.Components)*h.Width*h.Height
	if orientation == 1 && h.Components != 4 {
		f.Resize(h.Width, h.Height)
		return jpegError(libjpeg.Decode(f.Pix, data, h))
	}
	buffer := scratch.Get().(*[]byte)
	defer scratch.Put(buffer)
	if cap(*buffer) < n {
		*buffer = make([]byte, n)
	}
	pix := (*buffer)[:n]
	err = libjpeg.Decode(pix, data, h)
	f.Resize(orient.Size(h.Width, h.Height, orientation))
	orient.Copy(f.Pix, pix, 3*h.Width, h.Width, h.Height, orientation)
	return jpegError(err)
}

func jpegError(err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPicture, err)
	}
	return nil
}

func decodePNG(f *capture.Frame, data []byte) error {
	h, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%w: %w: %w", ErrPicture, ErrDamaged, err)
	}
	if err := fits(h.Width, h.Height); err != nil {
		return err
	}
	return decodeByOpenCV(f, data, kindPNG, exif.Orientation(pngEXIF(data)))
}

func decodeBMP(f *capture.Frame, data []byte) error {
	width, height, ok := bmpSize(data)
	if !ok {
		return damaged(kindBMP)
	}
	if err := fits(width, height); err != nil {
		return err
	}
	return decodeByOpenCV(f, data, kindBMP, 1)
}

func decodeWebP(f *capture.Frame, data []byte) error {
	if len(data) > 20 && string(data[12:16]) == "VP8X" && data[20]&2 != 0 {
		return fmt.Errorf("%w: it is an animated WebP, which is not read: save its picture as PNG", ErrPicture)
	}
	h, err := webp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%w: %w: %w", ErrPicture, ErrDamaged, err)
	}
	if err := fits(h.Width, h.Height); err != nil {
		return err
	}
	return decodeByOpenCV(f, data, kindWebP, exif.Orientation(webpEXIF(data)))
}

func decodeGIF(f *capture.Frame, data []byte) error {
	h, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%w: %w: %w", ErrPicture, ErrDamaged, err)
	}
	if err := fits(h.Width, h.Height); err != nil {
		return err
	}
	m, err := gif.Decode(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%w: %w: %w", ErrPicture, ErrDamaged, err)
	}
	if m.Bounds() != image.Rect(0, 0, h.Width, h.Height) {
		return fmt.Errorf("%w: its first picture is a part of an animation only: save it as PNG", ErrPicture)
	}
	return fromImage(f, m, 1)
}

func decodeTIFF(f *capture.Frame, data []byte) error {
	h, err := tiff.ReadHeader(data)
	if err != nil {
		return fmt.Errorf("%w: %w: %w", ErrPicture, ErrDamaged, err)
	}
	if err := fits(h.Width, h.Height); err != nil {
		return err
	}
	switch {
	case h.CutOff:
		return damaged(kindTIFF)
	case h.Raw:
		return fmt.Errorf("%w: it is a camera's raw file, whose first picture is a preview: develop it to TIFF or JPEG", ErrPicture)
	case h.Format != tiff.Unsigned:
		return fmt.Errorf("%w: its samples are floating-point or signed numbers, whose range it does not tell: save it with 8 or 16 bits", ErrPicture)
	case h.Bits != 1 && h.Bits != 2 && h.Bits != 4 && h.Bits != 8 && h.Bits != 16:
		return fmt.Errorf("%w: it has %d bits a sample: save it with 8 or 16", ErrPicture, h.Bits)
	case h.Photometric == tiff.CIELab:
		return fmt.Errorf("%w: its colours are CIE Lab: save it as RGB", ErrPicture)
	case h.Photometric == tiff.CMYK && h.Bits != 8:
		return fmt.Errorf("%w: its colours are CMYK with %d bits: save it as RGB", ErrPicture, h.Bits)
	case h.Photometric > tiff.YCbCr || h.Photometric < 0:
		return fmt.Errorf("%w: its colours are of kind %d of TIFF: save it as RGB", ErrPicture, h.Photometric)
	}
	// OpenCV reads more kinds of TIFF than Go's package, but multiplies colours by
	// alpha, and fails on small tiles.
	multiplied := h.Alpha && h.Photometric == tiff.RGB
	if !multiplied && (!h.Tiled || h.Planar || h.Bits < 8) {
		return decodeByOpenCV(f, data, kindTIFF, 1) // it turns TIFF upright by itself
	}
	m, err := xtiff.Decode(bytes.NewReader(data))
	var unsupported xtiff.UnsupportedError
	switch {
	case errors.As(err, &unsupported) && multiplied:
		return fmt.Errorf("%w: %w: save it without alpha", ErrPicture, err)
	case errors.As(err, &unsupported):
		return decodeByOpenCV(f, data, kindTIFF, 1)
	case err != nil:
		return fmt.Errorf("%w: %w: %w", ErrPicture, ErrDamaged, err)
	}
	return fromImage(f, m, exif.Orientation(data))
}
