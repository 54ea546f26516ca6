package turn

import "image"

// Picture turns a part of a packed BGR picture, [·, width, 3], clockwise by a
// number of quarters, and returns it as a picture of its own, in out's memory where
// there is enough. out may not overlap pix. Where a side of the part is even and
// the other odd the centre lies between pixels: it is moved by half a pixel.
func Picture(out, pix []byte, width int, part image.Rectangle, quarters int) []byte {
	w, h := part.Dx(), part.Dy()
	if n := 3 * w * h; cap(out) < n {
		out = make([]byte, n)
	} else {
		out = out[:n]
	}
	xs, ys := origins(w, h, quarters)
	at := 0
	for y := range h {
		for x := range w {
			// A half turn and none leave rows rows; a quarter makes them columns.
			column, row := x, y
			if quarters%2 != 0 {
				column, row = y, x
			}
			fromX, fromY := xs[column], ys[row]
			from := 3 * ((part.Min.Y+fromY)*width + part.Min.X + fromX)
			copy(out[at:at+3], pix[from:from+3])
			at += 3
		}
	}
	return out
}

// origins returns the column and the row that pixels come from, each by the one
// coordinate of the turned picture that it depends on.
func origins(w, h, quarters int) (xs, ys []int) {
	wider := (w - h) >> 1 // how far a square of the height lies from the left edge
	switch quarters & 3 {
	case 0:
		return line(w, w, func(x int) int { return x }), line(h, h, func(y int) int { return y })
	case 1:
		return line(h, w, func(y int) int { return y + wider }), line(w, h, func(x int) int { return h - 1 + wider - x })
	case 2:
		return line(w, w, func(x int) int { return w - 1 - x }), line(h, h, func(y int) int { return h - 1 - y })
	default:
		return line(h, w, func(y int) int { return h - 1 + wider - y }), line(w, h, func(x int) int { return x - wider })
	}
}

// line returns where each of n coordinates comes from on a side of that size,
// mirrored at its ends.
func line(n, size int, from func(int) int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = mirror(from(i), size)
	}
	return all
}
