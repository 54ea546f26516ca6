// Package tiff reads what a TIFF file says of its first picture, so that one which
// would be decoded wrongly is refused before it is.
//
//	header, err := tiff.ReadHeader(data)
//
// It reads TIFF 6.0 and BigTIFF, and no pixels. Offsets and counts in the data are
// never trusted beyond its end. Safe for concurrent use.
package tiff
