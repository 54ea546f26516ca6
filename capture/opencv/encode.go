package opencv

import (
	"bytes"
	"fmt"
	"image"

	"gocv.io/x/gocv"
)

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
