package turn

import (
	"image"
	"math"
)

// Angle turns a part of a packed BGR picture, [·, width, 3], clockwise by an angle
// in degrees about its centre, and returns it as a picture of its own on the same
// canvas, in out's memory where there is enough. out may not overlap pix. Pixels
// are mixed linearly; what comes from outside the part is mirrored at its edges,
// and Within tells where.
func Angle(out, pix []byte, width int, part image.Rectangle, degrees float64) []byte {
	w, h := part.Dx(), part.Dy()
	if n := 3 * w * h; cap(out) < n {
		out = make([]byte, n)
	} else {
		out = out[:n]
	}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	middleX, middleY := float64(w-1)/2, float64(h-1)/2
	at := 0
	for y := range h {
		dy := float64(y) - middleY
		for x := range w {
			dx := float64(x) - middleX
			fromX, fromY := middleX+cos*dx+sin*dy, middleY-sin*dx+cos*dy
			left, upper := floor(fromX), floor(fromY)
			right, down := uint32(256*(fromX-float64(left))), uint32(256*(fromY-float64(upper)))
			next, lower := left+1, upper+1
			if uint(left) >= uint(w-1) || uint(upper) >= uint(h-1) { // a division each: most pixels need none
				left, upper, next, lower = mirror(left, w), mirror(upper, h), mirror(next, w), mirror(lower, h)
			}
			above, below := 3*((part.Min.Y+upper)*width+part.Min.X), 3*((part.Min.Y+lower)*width+part.Min.X)
			a, b := pix[above+3*left:][:3], pix[above+3*next:][:3]
			c, d := pix[below+3*left:][:3], pix[below+3*next:][:3]
			to := out[at:][:3]
			for k := range to {
				top := uint32(a[k])<<8 + (uint32(b[k])-uint32(a[k]))*right // in whole circles where it is below 0
				bottom := uint32(c[k])<<8 + (uint32(d[k])-uint32(c[k]))*right
				to[k] = byte((top<<8 + (bottom-top)*down + 1<<15) >> 16)
			}
			at += 3
		}
	}
	return out
}

// floor is math.Floor, which is slower.
func floor(x float64) int {
	n := int(x)
	if x < float64(n) {
		n--
	}
	return n
}

// mirror returns where a coordinate lies on a side of that size, mirrored at its
// ends.
func mirror(at, size int) int {
	if at %= 2 * size; at < 0 {
		at += 2 * size
	}
	return min(at, 2*size-1-at)
}

// Within reports whether all of a box of a picture that Angle turned comes from
// within the picture of that width and height, and so nothing of it is mirrored.
func Within(box image.Rectangle, width, height int, degrees float64) bool {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	middleX, middleY := float64(width)/2, float64(height)/2
	const rounding = 1e-6
	for _, corner := range [4][2]int{{box.Min.X, box.Min.Y}, {box.Max.X, box.Min.Y}, {box.Min.X, box.Max.Y}, {box.Max.X, box.Max.Y}} {
		dx, dy := float64(corner[0])-middleX, float64(corner[1])-middleY
		x, y := middleX+cos*dx+sin*dy, middleY-sin*dx+cos*dy
		if x < -rounding || y < -rounding || x > float64(width)+rounding || y > float64(height)+rounding {
			return false
		}
	}
	return true
}
