package health

import (
	"cmp"
	"math"
	"slices"

	"pristine/capture"
)

// anchors are small, static patches of a camera's view. If they shift, the camera has
// moved, even by less than the step of the grid.
//
// One anchor is measured per frame, in turn. An anchor has shifted if its last
// measurements agree, so that a shake or a passing part does not count. The camera has
// moved if most anchors have shifted.
type anchors struct {
	all        []anchor
	correlator *correlator
	frames     int // in the references
	next       int
	sorted     []float64 // scratch
}

const (
	reach           = gridStep // pixels that an anchor is followed: farther moves show on the grid
	mostCandidates  = 24
	mostAnchors     = 8
	leastAnchors    = 4  // fewer may all stand on something that was moved
	referenceFrames = 16 // that a reference is the mean of
	leastAgreement  = 0.6
)

// patchPoints is the side of a patch in points of the grid.
const patchPoints = patchSize / gridStep

// choose selects the steady patches with the most contrast.
func (a *anchors) choose(b *Baseline) {
	*a = anchors{correlator: newCorrelator()}
	steady := make([]bool, len(b.mean))
	for _, i := range b.steady {
		steady[i] = true
	}
	for row := 0; row+patchPoints <= b.rows; row += patchPoints {
		for col := 0; col+patchPoints <= b.cols; col += patchPoints {
			x, y := b.place(int32(row*b.cols + col))
			x, y = x-gridStep/2, y-gridStep/2 // the point is in the middle of its cell
			inside := x >= reach && y >= reach && x+patchSize+reach <= b.width && y+patchSize+reach <= b.height
			if contrast, whole := b.contrast(row, col, steady); whole && inside {
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

// contrast returns the sum of the differences between the points of a patch and their
// neighbours. whole reports whether all of its points are steady.
func (b *Baseline) contrast(row, col int, steady []bool) (sum float64, whole bool) {
	for r := row; r < row+patchPoints; r++ {
		for c := col; c < col+patchPoints; c++ {
			i := r*b.cols + c
			if !steady[i] {
				return 0, false
			}
			if c+1 < b.cols {
				sum += math.Abs(float64(b.mean[i] - b.mean[i+1]))
			}
			if r+1 < b.rows {
				sum += math.Abs(float64(b.mean[i] - b.mean[i+b.cols]))
			}
		}
	}
	return sum, true
}

// hold reports whether there are enough anchors to measure a shift.
func (a *anchors) hold() bool { return a.frames >= referenceFrames && len(a.all) >= leastAnchors }

// shift measures one anchor in the frame, and returns by how many pixels the camera has
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

// learn adds a frame to the references. The last one completes them.
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
