// Package exif reads the orientation of a picture from its EXIF data.
//
//	o := exif.Orientation(tiff) // 1 to 8, as package orient takes it
//
// The data is a TIFF structure, as it stands in JPEG, PNG and WebP, or a TIFF file
// itself. What cannot be read is orientation 1, as viewers have it. Safe for
// concurrent use.
package exif
