package track

import (
	"pristine/capture"
)

// belief is the estimate of the empty belt: a grey level at each point of a grid over
// the region, scaled by the current light.
type belief struct {
	options       Options
	width, height int // of the frames
	x, y          int // the region's upper left point
	cols, rows    int // along the direction of travel, and across it
	level         []float32
	learned       bool

	frames    int
	histogram [][levels]uint16 // of each point, while it is learned
	different []int32          // points of each column that differ; reused
	gain      float64          // of the light, against what was learned
}

// gridStep is the distance of the grid's points in pixels: 32,400 points of a
// 1080p frame.
const gridStep = 8

// levels is the number of bins of 4 grey levels.
const levels = 64

// bridge is the largest number of columns without difference that do not split a part,
// such as holes.
const bridge = 3

// columnShare is the share of a column's points that must differ for a part to be there.
// Noise makes fewer differ.
const columnShare = 0.03

// ready learns from the frame until the belt is known, and reports whether it was known
// before.
func (b *belief) ready(f *capture.Frame) bool {
	if f.Width != b.width || f.Height != b.height {
		b.begin(f)
	}
	if b.learned {
		return true
	}
	if b.options.Empty != nil && b.options.Empty.Width == f.Width && b.options.Empty.Height == f.Height {
		b.each(b.options.Empty, func(i, _ int, level byte) { b.level[i] = float32(level) })
		b.finish()
		return true
	}
	b.each(f, func(i, _ int, level byte) { b.histogram[i][level/(256/levels)]++ })
	if b.frames++; b.frames >= b.options.LearnFrames {
		for i := range b.histogram {
			b.level[i] = commonest(&b.histogram[i])
		}
		b.finish()
	}
	return false
}

func (b *belief) begin(f *capture.Frame) {
	b.width, b.height = f.Width, f.Height
	at := func(share float64, size int) int { return min(max(int(share*float64(size)), 0), size-1) }
	r := b.options.Region
	b.x, b.y = at(r[0], f.Width), at(r[1], f.Height)
	b.cols = max((at(r[0]+r[2], f.Width)-b.x)/gridStep, 1)
	b.rows = max((at(r[1]+r[3], f.Height)-b.y)/gridStep, 1)
	if b.options.Axis == "y" {
		b.cols, b.rows = b.rows, b.cols
	}
	n := b.cols * b.rows
	b.level, b.different = make([]float32, n), make([]int32, b.cols)
	b.histogram, b.frames, b.learned, b.gain = make([][levels]uint16, n), 0, false, 1
}

func (b *belief) finish() { b.learned, b.histogram = true, nil }

// commonest returns the mean level of the three neighbouring bins with the most values.
func commonest(h *[levels]uint16) float32 {
	best, sum := 1, -1
	for i := 1; i+1 < levels; i++ {
		if n := int(h[i-1]) + int(h[i]) + int(h[i+1]); n > sum {
			best, sum = i, n
		}
	}
	const bin = 256 / levels
	offset := float32(int(h[best+1])-int(h[best-1])) * bin / float32(max(sum, 1))
	return float32(best*bin) + bin/2 + offset
}

// each visits the grid's points, column by column along the direction of travel.
func (b *belief) each(f *capture.Frame, visit func(i, col int, level byte)) {
	along, across := 3*gridStep, 3*gridStep*f.Width
	if b.options.Axis == "y" {
		along, across = across, along
	}
	start := 3*(b.y*f.Width+b.x) + 1
	for row := range b.rows {
		for col := range b.cols {
			visit(row*b.cols+col, col, f.Pix[start+row*across+col*along])
		}
	}
}

// spans appends the parts that are entirely within the region.
func (b *belief) spans(f *capture.Frame, out []span) []span {
	clear(b.different)
	var now, learned float64
	limit := float32(b.options.Difference)
	b.each(f, func(i, col int, level byte) {
		expected := b.level[i] * float32(b.gain)
		d := float32(level) - expected
		if d > limit || d < -limit {
			b.different[col]++
			return
		}
		now += float64(level)
		learned += float64(b.level[i])
	})
	if learned > 0 { // bare belt is visible: follow its light slowly
		b.gain += 0.2 * (now/learned - b.gain)
	}
	needed := int32(max(columnShare*float64(b.rows), 2))
	for col := 0; col < b.cols; {
		if b.different[col] < needed {
			col++
			continue
		}
		s := span{from: col, to: col + 1}
		for next := col; next < b.cols && next < s.to+bridge; next++ {
			if b.different[next] >= needed {
				s.points += int(b.different[next])
				s.to = next + 1
			}
		}
		col = s.to
		whole := s.from > 0 && s.to < b.cols
		if whole && float64(s.points) >= b.options.MinArea*float64(b.cols*b.rows) {
			out = append(out, s)
		}
	}
	return out
}
