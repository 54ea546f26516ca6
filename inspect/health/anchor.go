package health

import (
	"math"
	"slices"

	"pristine/capture"
)

// anchor is a patch of the view.
type anchor struct {
	x, y      int       // its upper left pixel
	contrast  float64   // by which it was chosen
	sum       []float32 // of the frames of its reference, until that is complete
	reference []complex128
	normal    [2]float64 // of a straight edge, along which alone a shift shows; 0, 0 for a corner
	measures  [measures][2]float64
	measured  int
}

const (
	measures    = 5   // of an anchor, of which agreeing must be within agreeWithin pixels
	agreeing    = 4   // (an outlier is what has just passed)
	agreeWithin = 1.0 // pixels
)

// leastGradient is the smallest RMS difference between neighbouring pixels of an
// anchor, in grey levels. An edge is straight if less than the share straight of its
// gradient is along the edge.
const (
	leastGradient = 3
	straight      = 0.15
)

// level returns the grey level of an anchor's pixel in a frame.
func (p *anchor) level(f *capture.Frame, x, y int) float64 {
	return float64(f.Pix[3*((p.y+y)*f.Width+p.x+x)+1])
}

// shifted returns by how many pixels an anchor has moved, or 0 while its measurements
// disagree.
func (p *anchor) shifted() float64 {
	if p.measured < measures {
		return 0
	}
	along := func(axis int) float64 {
		var all [measures]float64
		for i, m := range p.measures {
			if all[i] = m[axis]; p.normal != [2]float64{} {
				all[i] = (m[0]*p.normal[0] + m[1]*p.normal[1]) * p.normal[axis]
			}
		}
		slices.Sort(all[:])
		median, near := all[measures/2], 0
		for _, v := range all {
			if math.Abs(v-median) <= agreeWithin {
				near++
			}
		}
		if near < agreeing {
			return math.NaN()
		}
		return median
	}
	if d := math.Hypot(along(0), along(1)); !math.IsNaN(d) {
		return d
	}
	return 0
}

// settle completes the reference, and reports whether it has edges at which a shift can
// be measured.
func (p *anchor) settle(c *correlator) bool {
	at := func(x, y int) float64 { return float64(p.sum[y*patchSize+x]) / referenceFrames }
	var xx, xy, yy float64 // the structure tensor
	for y := range patchSize - 1 {
		for x := range patchSize - 1 {
			dx, dy := at(x+1, y)-at(x, y), at(x, y+1)-at(x, y)
			xx, xy, yy = xx+dx*dx, xy+dx*dy, yy+dy*dy
		}
	}
	const pixels = (patchSize - 1) * (patchSize - 1)
	middle, spread := (xx+yy)/2, math.Hypot((xx-yy)/2, xy)
	if major := middle + spread; major < leastGradient*leastGradient*pixels {
		return false
	} else if middle-spread < straight*major {
		angle := math.Atan2(2*xy, xx-yy) / 2
		p.normal = [2]float64{math.Cos(angle), math.Sin(angle)}
	}
	p.reference = make([]complex128, patchSize*patchSize)
	c.transform(p.reference, at)
	p.sum = nil
	return true
}
