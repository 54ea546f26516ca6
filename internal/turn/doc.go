// Package turn turns pictures about their centre, by quarters or by any angle.
//
//	out = turn.Picture(out, pix, width, image.Rect(0, 0, width, height), 1)
//	out = turn.Angle(out, pix, width, image.Rect(0, 0, width, height), 15)
//
// Promises: the canvas stays as it is, so that what a wide picture shows keeps its
// shape in pixels; by quarters pixels are moved, never mixed. What comes from outside the
// picture is mirrored at its edges. Of a square picture this is exactly a rotation.
// The caller owns all memory; a slice that is large enough is used again.
package turn
