// Package orient turns pictures upright by the eight orientations that EXIF
// numbers.
//
//	width, height := orient.Copy(upright, pix, 3*w, w, h, orientation)
//
// 1 is upright, 2 mirrored, 3 turned by a half, 4 flipped, 5 transposed, 6 to be
// turned clockwise by a quarter, 7 transposed along the other diagonal, 8 to be
// turned counter-clockwise (CIPA DC-008, tag 0x0112). Any other number is 1.
//
// The caller owns all memory. Safe for concurrent use.
package orient
