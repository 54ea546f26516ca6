package inspect

import (
	"cmp"
	"math"
	"slices"

	"pristine/capture"
)

// anchors are small parts of a camera's view that keep their picture: where they
// have shifted, the camera has moved, be it by less than a point of the grid.
//
// Each frame one of them is looked at, in turn. An anchor has shifted when its
// last measures agree, so that neither a shake nor what passes it by counts, and
// the camera when most anchors have.
type anchors struct {
	all        []anchor
	correlator *correlator
	frames     int // in the references
	next       int
	sorted     []float64 // scratch
}

// anchor is a patch of the view.
type anchor struct {
	x, y      int       // its upper left pixel
	contrast  float64   // that it was chosen by
	sum       []float32 // of the frames in its reference, until it is made
	reference []complex128
	normal    [2]float64 // of a straight edge, along which alone a shift shows; 0, 0 for a corner
	measures  [measures][2]float64
	measured  int
}

const (
	reach           = gridStep // pixels that an anchor is followed: farther moves show on the grid
	mostCandidates  = 24
	mostAnchors     = 8
	leastAnchors    = 4   // fewer may all stand on something that was moved
	referenceFrames = 16  // that a reference is the mean of
	measures        = 5   // of an anchor, of which agreeing must be within agreeWithin pixels
	agreeing        = 4   // (an outlier is what has just passed)
	agreeWithin     = 1.0 // pixels
	leastAgreement  = 0.6
)

// leastGradient is the RMS of the differences between neighbouring pixels, in
// grey levels, that an anchor has at least; straight is the share of it along a
// straight edge below which an edge is one.
const (
	leastGradient = 3
	straight      = 0.15
)

// choose takes the patches with the most contrast of those that are steady.
func (a *anchors) choose(b *Baseline) {
	*a = anchors{correlator: newCorrelator()}
	steady := make([]bool, len(b.mean))
	for _, i := range b.steady {
		steady[i] = true
	}
	const side = patchSize / gridStep
	for row := 0; row+side <= b.rows; row += side {
		for col := 0; col+side <= b.cols; col += side {
			contrast, whole := 0.0, true
			for r := row; r < row+side; r++ {
				for c := col; c < col+side; c++ {
					i := r*b.cols + c
					whole = whole && steady[i]
					if c+1 < b.cols {
						contrast += math.Abs(float64(b.mean[i] - b.mean[i+1]))
					}
					if r+1 < b.rows {
						contrast += math.Abs(float64(b.mean[i] - b.mean[i+b.cols]))
					}
				}
			}
			x, y := b.place(int32(row*b.cols + col))
			x, y = x-gridStep/2, y-gridStep/2 // the point is in the middle of its cell
			if whole && x >= reach && y >= reach && x+patchSize+reach <= b.width && y+patchSize+reach <= b.height {
				a.all = append(a.all, anchor{x: x, y: y, contrast: contrast})
			}
		}
	}
	slices.SortStableFunc(a.all, func(p, q anchor) int { return cmp.Compare(q.contrast, p.contrast) })
	a.all = slices.Clip(a.all[:min(len(a.all), mostCandidates)])
	for i := range a.all {
		a.all[i].sum = make([]float32, patchSize*patchSize)
	}
}

// hold tells whether there are enough of them to see a shift.
func (a *anchors) hold() bool { return a.frames >= referenceFrames && len(a.all) >= leastAnchors }

// level gives the grey level of an anchor's pixel in a frame.
func (p *anchor) level(f *capture.Frame, x, y int) float64 {
	return float64(f.Pix[3*((p.y+y)*f.Width+p.x+x)+1])
}

// shift takes a frame into account, and gives by how many pixels the camera has
// moved.
func (a *anchors) shift(f *capture.Frame) float64 {
	if a.frames < referenceFrames {
		a.learn(f)
		return 0
	}
	if !a.hold() {
		return 0
	}
	p := &a.all[a.next]
	a.next = (a.next + 1) % len(a.all)
	dx, dy, agreement := a.correlator.follow(p.reference, reach, func(x, y int) float64 { return p.level(f, x, y) })
	if agreement >= leastAgreement {
		p.measures[p.measured%measures] = [2]float64{dx, dy}
		p.measured++
	}
	a.sorted = a.sorted[:0]
	for i := range a.all {
		a.sorted = append(a.sorted, a.all[i].shifted())
	}
	slices.Sort(a.sorted)
	return a.sorted[(len(a.sorted)-1)/2]
}

// shifted gives by how many pixels an anchor has moved; 0 while its measures
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
	if d := math.Hypot(along(0), along(1)); d == d {
		return d
	}
	return 0
}

// learn adds a frame to the references, and makes them of the last.
func (a *anchors) learn(f *capture.Frame) {
	for i := range a.all {
		p := &a.all[i]
		for y := range patchSize {
			for x := range patchSize {
				p.sum[y*patchSize+x] += float32(p.level(f, x, y))
			}
		}
	}
	if a.frames++; a.frames < referenceFrames {
		return
	}
	kept := a.all[:0]
	for _, p := range a.all {
		if len(kept) < mostAnchors && p.settle(a.correlator) {
			kept = append(kept, p)
		}
	}
	a.all = kept
}

// settle makes the reference, and tells whether it has edges to hold on to.
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
