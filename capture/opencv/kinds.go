package opencv

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"pristine/capture/jpeg"
)

// kind is a format of picture files, told by their first bytes: names lie.
type kind string

// The formats that are read.
const (
	kindJPEG kind = "JPEG"
	kindPNG  kind = "PNG"
	kindBMP  kind = "BMP"
	kindTIFF kind = "TIFF"
	kindGIF  kind = "GIF"
	kindWebP kind = "WebP"
)

// readable names them for errors.
const readable = "JPEG, PNG, BMP, TIFF, WebP and GIF can be read"

// signature is how files of a format begin.
type signature struct {
	at    int
	bytes string
	kind  kind
}

var signatures = []signature{
	{0, string(jpeg.Start), kindJPEG}, {0, "\x89PNG\r\n\x1a\n", kindPNG}, {0, "BM", kindBMP}, {0, "GIF8", kindGIF}, {8, "WEBP", kindWebP},
	{0, "II*\x00", kindTIFF}, {0, "MM\x00*", kindTIFF}, {0, "II+\x00", kindTIFF}, {0, "MM\x00+", kindTIFF},
}

// foreign are formats that are not read, with what to do.
var foreign = []struct {
	signature
	remedy string
}{
	{signature{4, "ftypavif", "AVIF"}, "convert it to PNG, for example with avifdec"},
	{signature{4, "ftypavis", "AVIF"}, "convert it to PNG, for example with avifdec"},
	{signature{4, "ftypcrx ", "Canon raw"}, "develop it to TIFF or JPEG"},
	{signature{4, "ftyp", "HEIC"}, "convert it to JPEG, for example with heif-convert; iPhones save JPEG with Settings, Camera, Formats, Most Compatible"},
	{signature{0, "\x00\x00\x00\x0cjP  ", "JPEG 2000"}, "convert it to PNG"},
	{signature{0, "\xff\x4f\xff\x51", "JPEG 2000"}, "convert it to PNG"},
	{signature{0, "\x00\x00\x00\x0cJXL ", "JPEG XL"}, "convert it to PNG, for example with djxl"},
	{signature{0, "\xff\x0a", "JPEG XL"}, "convert it to PNG, for example with djxl"},
	{signature{0, "II\xbc\x01", "JPEG XR"}, "convert it to PNG"},
	{signature{0, "P5", "PGM"}, "convert it to PNG, for example with pnmtopng"},
	{signature{0, "P6", "PPM"}, "convert it to PNG, for example with pnmtopng"},
	{signature{0, "P2", "PGM"}, "convert it to PNG, for example with pnmtopng"},
	{signature{0, "P3", "PPM"}, "convert it to PNG, for example with pnmtopng"},
	{signature{0, "P7", "PAM"}, "convert it to PNG, for example with pnmtopng"},
	{signature{0, "8BPS", "Photoshop"}, "export it as PNG"},
	{signature{0, "\x76\x2f\x31\x01", "OpenEXR"}, "save it with 8 or 16 bits as PNG or TIFF"},
	{signature{0, "\x93NUMPY", "NumPy"}, "save the array as PNG"},
	{signature{0, "%PDF", "PDF"}, "export its pictures as PNG"},
	{signature{0, "<svg", "SVG"}, "draw it as PNG"},
	{signature{0, "<!DO", "HTML"}, "this is a web page: fetch the picture itself"},
	{signature{0, "<htm", "HTML"}, "this is a web page: fetch the picture itself"},
	{signature{0, "version https://git-lfs", "Git LFS"}, "this is a pointer: fetch the picture with git lfs pull"},
}

func (s signature) matches(data []byte) bool {
	return len(data) >= s.at+len(s.bytes) && string(data[s.at:s.at+len(s.bytes)]) == s.bytes
}

// kindOf returns a picture's format, or why it cannot be read.
func kindOf(data []byte) (kind, error) {
	if len(data) == 0 {
		return "", fmt.Errorf("%w: the file is empty", ErrPicture)
	}
	for _, s := range signatures {
		if s.matches(data) {
			return s.kind, nil
		}
	}
	for _, f := range foreign {
		if f.matches(data) {
			return "", fmt.Errorf("%w: it is %s, which is not read: %s", ErrPicture, f.kind, f.remedy)
		}
	}
	if len(bytes.Trim(data, "\x00")) == 0 {
		return "", fmt.Errorf("%w: it holds nothing but zeros: it was not written to its end", ErrPicture)
	}
	return "", fmt.Errorf("%w: it begins with %.8q: %s", ErrPicture, data, readable)
}

// bmpSize reads the size in the header of a BMP; negative heights are top-down.
func bmpSize(data []byte) (width, height int, ok bool) {
	if len(data) < 26 {
		return 0, 0, false
	}
	if binary.LittleEndian.Uint32(data[14:]) == 12 { // OS/2's
		return int(binary.LittleEndian.Uint16(data[18:])), int(binary.LittleEndian.Uint16(data[20:])), true
	}
	width, height = int(int32(binary.LittleEndian.Uint32(data[18:]))), int(int32(binary.LittleEndian.Uint32(data[22:])))
	return width, max(height, -height), true
}

// webpEXIF returns the EXIF data of a WebP file; nil without any.
func webpEXIF(data []byte) []byte {
	return chunk(data, 12, 1, func(at int) (string, int, int) {
		return string(data[at : at+4]), at + 8, int(binary.LittleEndian.Uint32(data[at+4:]))
	}, "EXIF")
}

// pngEXIF returns the EXIF data of a PNG file; nil without any.
func pngEXIF(data []byte) []byte {
	return chunk(data, 8, 4, func(at int) (string, int, int) {
		return string(data[at+4 : at+8]), at + 8, int(binary.BigEndian.Uint32(data[at:]))
	}, "eXIf")
}

// chunk looks for a chunk by its name. next reads the name, the start and the
// length of that at an offset, whose eight bytes there are.
func chunk(data []byte, at, trailer int, next func(at int) (name string, start, length int), wanted string) []byte {
	for at+8 <= len(data) {
		name, start, length := next(at)
		if length < 0 || length > len(data)-start {
			return nil
		}
		if name == wanted {
			return data[start : start+length]
		}
		at = start + length
		if trailer == 4 {
			at += 4 // PNG's checksum
		} else {
			at += length & 1 // RIFF's padding
		}
	}
	return nil
}
