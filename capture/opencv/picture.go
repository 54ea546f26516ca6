package opencv

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // headers only: which sizes pictures claim
	_ "image/jpeg" // "
	_ "image/png"  // "
	"os"

	"gocv.io/x/gocv"
	_ "golang.org/x/image/bmp"  // "
	_ "golang.org/x/image/tiff" // "
	_ "golang.org/x/image/webp" // "

	"pristine/capture"
)

// MaxPixels is the largest picture that is decoded: 100 megapixels are 300 MB
// of BGR, more than any industrial camera gives.
const MaxPixels = 100_000_000

// ErrPicture is returned within an error when bytes are no picture that can be
// used.
var ErrPicture = errors.New("not a usable picture")

// DecodeFile reads a picture file as packed BGR. EXIF orientation is applied,
// alpha is dropped, 16 bits become 8.
func DecodeFile(path string) (pix []byte, width, height int, err error) {
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

// Decode decodes the bytes of a picture file.
func Decode(data []byte) (pix []byte, width, height int, err error) {
	var f capture.Frame
	if err := DecodeInto(&f, data); err != nil {
		return nil, 0, 0, err
	}
	return f.Pix, f.Width, f.Height, nil
}

// DecodeInto decodes the bytes of a picture file into a frame, whose memory it
// reuses.
func DecodeInto(f *capture.Frame, data []byte) error {
	if len(data) == 0 {
		return fmt.Errorf("%w: the file is empty", ErrPicture)
	}
	header, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%w: %w: JPEG, PNG, BMP, TIFF, WebP and GIF can be read", ErrPicture, err)
	}
	if header.Width <= 0 || header.Height <= 0 || header.Width > MaxPixels/header.Height {
		return fmt.Errorf("%w: it claims %d×%d pixels, more than %d in all", ErrPicture, header.Width, header.Height, MaxPixels)
	}
	if format == "jpeg" && cutOff(data) {
		return fmt.Errorf("%w: the jpeg data is cut off", ErrPicture)
	}
	m, err := gocv.IMDecode(data, gocv.IMReadColor)
	if err != nil {
		return fmt.Errorf("%w: decode %s: %w", ErrPicture, format, err)
	}
	defer func() { _ = m.Close() }()
	if m.Empty() || m.Type() != gocv.MatTypeCV8UC3 || !m.IsContinuous() {
		return fmt.Errorf("%w: the %s data is damaged", ErrPicture, format)
	}
	shared, err := m.DataPtrUint8()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPicture, err)
	}
	f.Resize(m.Cols(), m.Rows())
	copy(f.Pix, shared)
	return nil
}

// cutOff tells whether a JPEG's last scan has no end. OpenCV would fill the
// rest with grey and say nothing. Neither marker can stand within a scan
// (ITU-T T.81, B.1.1.5: there FF is followed by 00 or RSTn), and thumbnails
// stand before it.
func cutOff(data []byte) bool {
	end := bytes.LastIndex(data, []byte{0xff, 0xd9}) // near the end: the rest is short
	return bytes.Contains(data[max(end, 0):], []byte{0xff, 0xda})
}

// EncodeJPEG encodes packed BGR; quality is from 1 to 100.
func EncodeJPEG(pix []byte, width, height, quality int) ([]byte, error) {
	return encode(gocv.JPEGFileExt, pix, width, height, gocv.IMWriteJpegQuality, quality)
}

// Thumbnail encodes a part of packed BGR as a JPEG of at most side pixels a
// side.
func Thumbnail(pix []byte, width, height int, region image.Rectangle, side, quality int) ([]byte, error) {
	m, err := gocv.NewMatFromBytes(height, width, gocv.MatTypeCV8UC3, pix)
	if err != nil {
		return nil, fmt.Errorf("make thumbnail of %d×%d: %w", width, height, err)
	}
	defer func() { _ = m.Close() }()
	part := m.Region(region.Intersect(image.Rect(0, 0, width, height)))
	defer func() { _ = part.Close() }()
	share := min(1, float64(side)/float64(max(part.Cols(), part.Rows(), 1)))
	small := gocv.NewMat()
	defer func() { _ = small.Close() }()
	size := image.Pt(max(int(share*float64(part.Cols())), 1), max(int(share*float64(part.Rows())), 1))
	if err := gocv.Resize(part, &small, size, 0, 0, gocv.InterpolationArea); err != nil {
		return nil, fmt.Errorf("make thumbnail of %d×%d: %w", width, height, err)
	}
	buffer, err := gocv.IMEncodeWithParams(gocv.JPEGFileExt, small, []int{gocv.IMWriteJpegQuality, quality})
	if err != nil {
		return nil, fmt.Errorf("make thumbnail of %d×%d: %w", width, height, err)
	}
	defer buffer.Close()
	return bytes.Clone(buffer.GetBytes()), nil
}

// EncodePNG encodes packed BGR without loss, at the quickest compression.
func EncodePNG(pix []byte, width, height int) ([]byte, error) {
	return encode(gocv.PNGFileExt, pix, width, height, gocv.IMWritePngCompression, 1)
}

func encode(format gocv.FileExt, pix []byte, width, height int, parameters ...int) ([]byte, error) {
	m, err := gocv.NewMatFromBytes(height, width, gocv.MatTypeCV8UC3, pix)
	if err != nil {
		return nil, fmt.Errorf("encode %s of %d×%d: %w", format, width, height, err)
	}
	defer func() { _ = m.Close() }()
	buffer, err := gocv.IMEncodeWithParams(format, m, parameters)
	if err != nil {
		return nil, fmt.Errorf("encode %s of %d×%d: %w", format, width, height, err)
	}
	defer buffer.Close()
	return bytes.Clone(buffer.GetBytes()), nil
}
