package testline

import (
	"math"

	"pristine/capture"
)

// driftPeriod is how many frames the lamp takes from bright to dark and back.
const driftPeriod = 1200

// disturbed reports whether drift, shake and blur act on this frame.
func (l *line) disturbed() bool { return l.frame >= l.options.After }

// sway returns by how many pixels the camera is shaken.
func (l *line) sway() (dx, dy int) {
	n := l.options.Shake
	if n == 0 || !l.disturbed() {
		return 0, 0
	}
	r := random(l.options, l.frame, 6)
	return r.IntN(2*n+1) - n, r.IntN(2*n+1) - n
}

// lost reports whether the frame never arrives.
func (l *line) lost() bool {
	return l.options.Dropouts > 0 && l.disturbed() && random(l.options, l.frame, 7).Float64() < l.options.Dropouts
}

// disturb changes the light and the focus of a frame.
func (l *line) disturb(f *capture.Frame) {
	if !l.disturbed() {
		return
	}
	if l.options.Drift != 0 {
		gain := 1 + l.options.Drift*math.Sin(2*math.Pi*float64(l.frame-l.options.After)/driftPeriod)
		var level [256]byte
		for i := range level {
			level[i] = clamp(float64(i) * gain)
		}
		for i, v := range f.Pix {
			f.Pix[i] = level[v]
		}
	}
	if n := l.options.Blur; n > 0 {
		if len(l.scratch) < len(f.Pix) {
			l.scratch, l.sums = make([]byte, len(f.Pix)), make([]int32, 3*f.Width)
		}
		for y := range f.Height {
			row := 3 * f.Width * y
			averageRow(l.scratch[row:row+3*f.Width], f.Pix[row:row+3*f.Width], n)
		}
		averageColumns(f.Pix, l.scratch, l.sums, f.Height, n)
	}
}

// averageRow writes the means over 2·n+1 pixels along a row. Beyond its ends it
// goes on with its end's pixel.
func averageRow(out, in []byte, n int) {
	last := len(in)/3 - 1
	for c := range 3 {
		sum := 0
		for i := -n; i <= n; i++ {
			sum += int(in[3*min(max(i, 0), last)+c])
		}
		for i := range last + 1 {
			out[3*i+c] = byte(sum / (2*n + 1))
			sum += int(in[3*min(i+n+1, last)+c]) - int(in[3*max(i-n, 0)+c])
		}
	}
}

// averageColumns does the same along columns, row by row, as memory lies.
func averageColumns(out, in []byte, sums []int32, height, n int) {
	width := len(sums)
	row := func(y int) []byte { return in[width*min(max(y, 0), height-1):][:width] }
	clear(sums)
	for y := -n; y <= n; y++ {
		for x, v := range row(y) {
			sums[x] += int32(v)
		}
	}
	count := int32(2*n + 1)
	for y := range height {
		means, next, gone := out[width*y:][:width], row(y+n+1), row(y-n)
		for x, sum := range sums {
			means[x] = byte(sum / count)
			sums[x] = sum + int32(next[x]) - int32(gone[x])
		}
	}
}
