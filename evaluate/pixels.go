package evaluate

import (
	"math"
	"sort"
)

// PixelSide is the side, in pixels, of the square on which maps and masks are compared.
const PixelSide = 128

// proLimit is the false-positive rate up to which PRO is integrated (Bergmann et al.,
// "Uninformed Students", CVPR 2020).
const proLimit = 0.3

// Pixels collects maps and masks for pixel-wise figures. It belongs to one goroutine.
type Pixels struct {
	scores  []float32
	regions []int32 // 0 for a good pixel, else the number of its defect, over all pictures
	count   int32
}

// Add adds a picture: a map of rows·columns numbers, and a mask of PixelSide² pixels
// that is true where the part is bad. A nil mask is a good part.
func (p *Pixels) Add(values []float32, rows, columns int, mask []bool) {
	p.scores = append(p.scores, Upsample(values, rows, columns, PixelSide)...)
	if mask == nil {
		p.regions = append(p.regions, make([]int32, PixelSide*PixelSide)...)
		return
	}
	labels, n := components(mask, PixelSide)
	for i := range labels {
		if labels[i] > 0 {
			labels[i] += p.count
		}
	}
	p.regions = append(p.regions, labels...)
	p.count += n
}

// Regions returns the number of defects in the masks.
func (p *Pixels) Regions() int { return int(p.count) }

// Figures returns the AUROC over all pixels, and PRO: the mean over defects of the share
// of their pixels that is found, integrated over the false-positive rate up to 0.3 and
// divided by it. Both are NaN without bad or without good pixels.
func (p *Pixels) Figures() (auroc, pro float64) {
	sizes := make([]float64, p.count+1)
	for _, r := range p.regions {
		sizes[r]++
	}
	good := sizes[0]
	bad := float64(len(p.regions)) - good
	if good == 0 || bad == 0 {
		return math.NaN(), math.NaN()
	}
	order := make([]int32, len(p.scores))
	for i := range order {
		order[i] = int32(i)
	}
	sort.Slice(order, func(i, j int) bool { return p.scores[order[i]] > p.scores[order[j]] })
	var falseShare, hitShare, overlap float64 // at the threshold
	var lastFalse, lastHit, lastOverlap float64
	for i, at := range order {
		if r := p.regions[at]; r == 0 {
			falseShare += 1 / good
		} else {
			hitShare += 1 / bad
			overlap += 1 / sizes[r] / float64(p.count)
		}
		if i+1 < len(order) && p.scores[order[i+1]] == p.scores[at] {
			continue
		}
		auroc += (falseShare - lastFalse) * (hitShare + lastHit) / 2
		pro += trapezoid(lastFalse, falseShare, lastOverlap, overlap, proLimit)
		lastFalse, lastHit, lastOverlap = falseShare, hitShare, overlap
	}
	return auroc, pro / proLimit
}

// trapezoid returns the area under a segment, left of the limit.
func trapezoid(x0, x1, y0, y1, limit float64) float64 {
	if x0 >= limit || x1 == x0 {
		return 0
	}
	if x1 > limit {
		y1 = y0 + (y1-y0)*(limit-x0)/(x1-x0)
		x1 = limit
	}
	return (x1 - x0) * (y0 + y1) / 2
}

// Upsample interpolates a map linearly to side·side pixels. Cell centres keep their
// values.
func Upsample(values []float32, rows, columns, side int) []float32 {
	out := make([]float32, side*side)
	at := func(i, n int) (low, high int, share float32) {
		v := (float64(i)+0.5)*float64(n)/float64(side) - 0.5
		v = min(max(v, 0), float64(n-1))
		low = int(v)
		return low, min(low+1, n-1), float32(v - float64(low))
	}
	for y := range side {
		y0, y1, fy := at(y, rows)
		for x := range side {
			x0, x1, fx := at(x, columns)
			upper := values[y0*columns+x0]*(1-fx) + values[y0*columns+x1]*fx
			lower := values[y1*columns+x0]*(1-fx) + values[y1*columns+x1]*fx
			out[y*side+x] = upper*(1-fy) + lower*fy
		}
	}
	return out
}

// components numbers the connected regions of a mask from 1. Pixels that touch at a
// corner are connected.
func components(mask []bool, side int) (labels []int32, n int32) {
	labels = make([]int32, len(mask))
	var stack []int
	for start := range mask {
		if !mask[start] || labels[start] != 0 {
			continue
		}
		n++
		labels[start], stack = n, append(stack[:0], start)
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for y := max(at/side-1, 0); y <= min(at/side+1, side-1); y++ {
				for x := max(at%side-1, 0); x <= min(at%side+1, side-1); x++ {
					if next := y*side + x; mask[next] && labels[next] == 0 {
						labels[next], stack = n, append(stack, next)
					}
				}
			}
		}
	}
	return labels, n
}

// ShrinkMask resizes packed BGR, black where the part is good, to PixelSide² pixels. A
// pixel is bad if at least half of its area is. If no pixel reaches half, any bad area
// counts, so that a thin defect is not lost.
func ShrinkMask(pix []byte, width, height int) []bool {
	covered, bad := make([]int, PixelSide*PixelSide), make([]int, PixelSide*PixelSide)
	for y := range max(height, PixelSide) {
		for x := range max(width, PixelSide) {
			// The larger grid is walked, so that small masks fill every pixel.
			at := y*PixelSide/max(height, PixelSide)*PixelSide + x*PixelSide/max(width, PixelSide)
			p := pix[3*(y*height/max(height, PixelSide)*width+x*width/max(width, PixelSide)):][:3]
			covered[at]++
			if p[0]|p[1]|p[2] != 0 {
				bad[at]++
			}
		}
	}
	mask, found := make([]bool, PixelSide*PixelSide), false
	for i := range mask {
		mask[i] = 2*bad[i] >= covered[i]
		found = found || mask[i]
	}
	for i := range mask {
		mask[i] = mask[i] || !found && bad[i] > 0
	}
	return mask
}
