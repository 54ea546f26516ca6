package health

import (
	"math"
	"slices"

	"pristine/capture"
	"pristine/internal/polygon"
	"pristine/verdict"
)

// signals are measured on a sparse grid of a frame.
type signals struct {
	sharpness float64 // energy of differences over 1 pixel by those over 4: falls with blur, whatever the content
	view      float64 // correlation of the landmarks with the learned ones, in [−1, 1]
	shift     float64 // of the view, in pixels; 0 where it has no anchors
	light     float64 // change of the mean level of steady points, as a share of it
	bands     float64 // deviation of rows from the common change of light, RMS in grey levels; see light.go
	colour    float64 // blue minus red, projected on the learned: 1 as learned, −1 exchanged
}

// gridStep is the step of the grid's points in pixels: 32,400 points of a 1080p frame.
const gridStep = sampleStep

// leastTint is the RMS of blue minus red below which a scene is too grey to show its
// colour order.
const leastTint = 2

// colourLimit is the projection below which blue and red are swapped.
const colourLimit = -0.3

func gridSize(pixels int) int  { return max((pixels-gridStart(pixels)+gridStep-1)/gridStep, 1) }
func gridStart(pixels int) int { return min(gridStep/2, pixels-1) }

func gridRow(f *capture.Frame, row int) []byte {
	y := gridStart(f.Height) + row*gridStep
	return f.Pix[3*f.Width*y:][:3*f.Width]
}

// mostRows is the largest number of rows that sharpness reads, those of the largest
// frames.
const mostRows = 512

// sharpness returns the upper quartile over every fourth row of the grid within the mask
// (32 rows of a 1080p frame). Blur affects all rows, a part with little detail only
// some.
func sharpness(f *capture.Frame, mask *polygon.Mask) float64 {
	const far = 4
	var rows [mostRows]float64
	n := 0
	for y := gridStart(f.Height); y < f.Height && n < mostRows; y += 4 * gridStep {
		fine, coarse := 0, 0
		line := f.Pix[3*f.Width*y:][:3*f.Width]
		for _, s := range mask.Row(y) {
			for x := s.From; x+far < s.To; x += 2 {
				level := int(line[3*x+1])
				d1, d4 := int(line[3*x+4])-level, int(line[3*(x+far)+1])-level
				fine += d1 * d1
				coarse += d4 * d4
			}
		}
		if coarse > 0 {
			rows[n] = float64(fine) / float64(coarse)
			n++
		}
	}
	if n == 0 {
		return 0
	}
	slices.Sort(rows[:n])
	return rows[3*n/4]
}

// measure compares a frame with the learned points.
func (b *Baseline) measure(f *capture.Frame) {
	b.frames++
	b.now = signals{sharpness: sharpness(f, b.mask), view: 1, colour: 1}
	if b.limits.Shift > 0 {
		b.now.shift = b.anchors.shift(f)
	}
	if len(b.steady) < leastSteady {
		return
	}
	gain := b.light(f)
	b.rowsAndColour(f, gain)
	if len(b.landmarks) >= leastSteady {
		b.now.view = b.correlation(f)
	}
}

// at returns the colour of a point.
func (b *Baseline) at(f *capture.Frame, point int32) []byte {
	return f.Pix[b.offsets[point]:][:3]
}

// place returns the pixel of a point.
func (b *Baseline) place(point int32) (x, y int) {
	row, col := int(point)/b.cols, int(point)%b.cols
	return gridStart(b.width) + col*gridStep, gridStart(b.height) + row*gridStep
}

// correlation returns the correlation of the landmarks' levels with the learned ones.
func (b *Baseline) correlation(f *capture.Frame) float64 {
	var n, sx, sy, sxx, syy, sxy float64
	for _, i := range b.landmarks {
		x, y := float64(b.mean[i]), float64(b.at(f, i)[1])
		n, sx, sy, sxx, syy, sxy = n+1, sx+x, sy+y, sxx+x*x, syy+y*y, sxy+x*y
	}
	deviation := (sxx - sx*sx/n) * (syy - sy*sy/n)
	if deviation <= 0 {
		return 0
	}
	return (sxy - sx*sy/n) / math.Sqrt(deviation)
}

// stray records the worst values during learning.
func (b *Baseline) stray() {
	w, n := &b.strayed, &b.now
	w.sharpness, w.view, w.colour = math.Min(w.sharpness, n.sharpness), math.Min(w.view, n.view), math.Min(w.colour, n.colour)
	w.shift = math.Max(w.shift, n.shift)
	w.light, w.bands = math.Max(w.light, n.light), math.Max(w.bands, n.bands)
}

// bounds returns the limits in effect: the configured ones, widened by the values during
// learning.
func (b *Baseline) bounds() (l signals) {
	if b.limits.Blur > 0 {
		l.sharpness = math.Min(b.limits.Blur*b.sharpness, b.strayed.sharpness/slack)
	}
	if len(b.steady) < leastSteady {
		return l
	}
	if b.limits.Moved > 0 && len(b.landmarks) >= leastSteady {
		l.view = math.Min(b.limits.Moved, 1-slack*(1-b.strayed.view))
	}
	if b.limits.Shift > 0 && b.anchors.hold() {
		l.shift = math.Max(b.limits.Shift, slack*b.strayed.shift)
	}
	if b.limits.Light > 0 {
		l.light = math.Max(b.limits.Light, slack*b.strayed.light)
	}
	if b.limits.Banding > 0 {
		l.bands = math.Max(b.limits.Banding, slack*b.strayed.bands)
	}
	if b.limits.ColourOrder {
		l.colour = colourLimit
	}
	return l
}

// judge returns the first reason for which the last frame is unfit.
func (b *Baseline) judge() verdict.Reason {
	n, l := &b.now, b.bounds()
	switch {
	case l.colour != 0 && n.colour < l.colour:
		return verdict.ReasonColourOrder
	case l.light != 0 && n.light > l.light:
		return verdict.ReasonLight
	case l.view != 0 && n.view < l.view, l.shift != 0 && n.shift > l.shift:
		return verdict.ReasonMoved
	case l.sharpness != 0 && n.sharpness < l.sharpness:
		return verdict.ReasonBlurred
	case l.bands != 0 && n.bands > l.bands:
		return verdict.ReasonBanding
	}
	return verdict.ReasonNone
}
