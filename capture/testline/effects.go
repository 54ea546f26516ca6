package testline

import (
	"math"

	"pristine/capture"
)

// driftPeriod is how many frames the lamp takes from bright to dark and back.
const driftPeriod = 1200

// disturbed tells whether drift, shake and blur act on this frame.
func (l *line) disturbed() bool { return l.frame >= l.options.After }

// sway gives by how many pixels the camera is shaken.
func (l *line) sway() (dx, dy int) {
	n := l.options.Shake
	if n == 0 || !l.disturbed() {
		return 0, 0
	}
	r := random(l.options, l.frame, 6)
	return r.IntN(2*n+1) - n, r.IntN(2*n+1) - n
}

// lost tells whether the frame never arrives.
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
	if l.options.Blur > 0 {
		if len(l.scratch) < len(f.Pix) {
			l.scratch = make([]byte, len(f.Pix))
		}
		n := l.options.Blur
		average(l.scratch, f.Pix, f.Height, 3*f.Width, f.Width, 3, n)
		average(f.Pix, l.scratch, f.Width, 3, f.Height, 3*f.Width, n)
	}
}

// average writes the means over 2·n+1 pixels along lines of an image: lines of
// them, lineStep bytes from one to the next, of count pixels that are step
// bytes apart. Beyond its ends a line goes on with its end's pixel.
func average(out, in []byte, lines, lineStep, count, step, n int) {
	for line := range lines {
		for c := range 3 {
			at := func(i int) int { return line*lineStep + c + step*min(max(i, 0), count-1) }
			sum := 0
			for i := -n; i <= n; i++ {
				sum += int(in[at(i)])
			}
			for i := range count {
				out[at(i)] = byte(sum / (2*n + 1))
				sum += int(in[at(i+n+1)]) - int(in[at(i-n)])
			}
		}
	}
}
