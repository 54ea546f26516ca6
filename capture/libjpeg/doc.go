// Package libjpeg decodes JPEG pictures with libjpeg-turbo, and says when one lost
// data on its way.
//
//	header, err := jpeg.ReadHeader(data)
//	err = libjpeg.Decode(pix, data, header)
//
// OpenCV decodes with the same library, but drops its warnings: a scan that lost
// bytes becomes grey or shifted blocks, and nothing tells. libvips has them, but
// only all or none of them: with fail-on=warning it refuses what webcams do every
// few frames, bytes before a restart marker. TurboJPEG's own interface keeps the
// last warning only. So libjpeg's interface is used, with an error manager that
// sorts its warnings.
//
// Promises: a picture of which pixels were guessed is an error, within which is
// ErrDamaged; what could be decoded is written, the rest is black. Bytes behind the end marker, up to MostExtraneous bytes between the
// scan and a marker, and a missing end marker behind a whole scan pass. Nothing is
// allocated in Go.
//
// Non-promises: a loss that leaves the number of blocks as it was cannot be told,
// such as that of a dozen bytes, which are one block, or a bit that flipped; colour
// profiles are not applied.
//
// Safe for concurrent use. The caller owns all memory.
package libjpeg
