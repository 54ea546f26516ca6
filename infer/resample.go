package infer

// #cgo CFLAGS: -O3
// #include "resample.h"
import "C"

import (
	"math"
	"unsafe"

	"pristine/infer/bundle"
)

// fraction is how many bits of a weight stand behind the point: Pillow's
// 32 − 8 − 2 (its Resample.c), so that rounding falls as it does there.
const fraction = 22

// pass is one direction of a resize: for each output sample its first input
// sample, how many there are, and their weights.
type pass struct {
	first, count, weights []int32
	taps, size            int
}

// newPass computes the weights of Pillow's antialiased filters
// (src/libImaging/Resample.c) from in samples to out, of which output samples
// [from, from+size) are wanted.
func newPass(f filter, in, out, from, size int) pass {
	scale := float64(in) / float64(out)
	filterScale := math.Max(scale, 1)
	support := f.support * filterScale
	taps := int(math.Ceil(support))*2 + 1
	p := pass{first: make([]int32, size), count: make([]int32, size), weights: make([]int32, size*taps), taps: taps, size: size}
	k := make([]float64, taps)
	for i := range size {
		center := (float64(from+i) + 0.5) * scale
		first := max(int(center-support+0.5), 0)
		last := min(int(center+support+0.5), in)
		sum := 0.0
		for x := first; x < last; x++ {
			k[x-first] = f.weight((float64(x) - center + 0.5) / filterScale)
			sum += k[x-first]
		}
		for x := range last - first {
			p.weights[i*taps+x] = int32(math.Round(k[x] / sum * (1 << fraction)))
		}
		p.first[i], p.count[i] = int32(first), int32(last-first)
	}
	return p
}

// filter is a resize filter: its weight by distance, which is 0 from support
// on, both in samples.
type filter struct {
	support float64
	weight  func(float64) float64
}

func filterNamed(name string) filter {
	if name == "bilinear" {
		return filter{1, func(x float64) float64 { return max(1-math.Abs(x), 0) }}
	}
	return filter{2, cubic}
}

// cubic is Pillow's, with a = −0.5.
func cubic(x float64) float64 {
	const a = -0.5
	x = math.Abs(x)
	switch {
	case x < 1:
		return ((a+2)*x-(a+3))*x*x + 1
	case x < 2:
		return (((x-5)*x+8)*x - 4) * a
	default:
		return 0
	}
}

// quick is a pass in weights of 16 bits, for processors that multiply pairs of
// those at once.
type quick struct {
	weights []int16
	bits    int // of the weights' fraction
}

// shorten returns a pass's weights with as many bits of fraction as 16 allow,
// from 14 for an enlargement to 17 for a sixth; each sample's sum stays exactly
// 1, so that plain areas keep their level.
func (p *pass) shorten() ([]int16, int) {
	highest := int32(0)
	for _, w := range p.weights {
		highest = max(highest, w, -w)
	}
	bits := fraction
	for highest>>(fraction-bits) >= math.MaxInt16 {
		bits--
	}
	short := make([]int16, len(p.weights))
	for i := range p.size {
		from, to := p.weights[i*p.taps:][:p.taps], short[i*p.taps:][:p.taps]
		rest, largest := 1<<bits, 0
		for k, w := range from {
			to[k] = int16(math.Round(float64(w) / float64(int(1)<<(fraction-bits))))
			rest -= int(to[k])
			if to[k] > to[largest] {
				largest = k
			}
		}
		to[largest] += int16(rest)
	}
	return short, bits
}

// quickRows lays the weights of a horizontal pass out in steps of four taps,
// as resample_amd64.c loads them.
func (p *pass) quickRows() (q quick, steps int) {
	short, bits := p.shorten()
	steps = (p.taps + 3) / 4
	q = quick{weights: make([]int16, 16*steps*p.size), bits: bits}
	for i := range p.size {
		for k, w := range short[i*p.taps:][:p.taps] {
			pair := q.weights[16*(i*steps+k/4)+8*(k%4/2):]
			for colour := range 4 {
				pair[2*colour+k%2] = w
			}
		}
	}
	return q, steps
}

// quickColumns pads the weights of a vertical pass to pairs.
func (p *pass) quickColumns() (q quick, taps int) {
	short, bits := p.shorten()
	taps = (p.taps + 1) / 2 * 2
	q = quick{weights: make([]int16, taps*p.size), bits: bits}
	for i := range p.size {
		copy(q.weights[i*taps:], short[i*p.taps:][:p.taps])
	}
	return q, taps
}

// resampler resizes pictures of one size into the input of a model. It belongs
// to one goroutine at a time.
type resampler struct {
	width, height int // of the region
	h, v          pass
	row0, rows    int // input rows that the vertical pass reads
	scratch       []byte
	acc           []int32

	quick          bool // use the weights of 16 bits
	quickH, quickV quick
	steps, taps    int
	line           []byte
}

// overread is how far resample_amd64.c reads beyond a row.
const overread = 32

func newResampler(width, height int, m *bundle.ImageManifest) *resampler {
	size, f := m.Size, filterNamed(m.Filter)
	r := &resampler{width: width, height: height, acc: make([]int32, 4*size)}
	if m.Resize == "shortest_crop" {
		// As transformers does it: the short side becomes the shortest side, the
		// long one is cut to a whole number, and the middle is taken.
		w, h := max(m.ShortestSide, size), max(m.ShortestSide, size)
		if width > height {
			w = h * width / height
		} else {
			h = w * height / width
		}
		r.h = newPass(f, width, w, (w-size)/2, size)
		r.v = newPass(f, height, h, (h-size)/2, size)
	} else {
		r.h, r.v = newPass(f, width, size, 0, size), newPass(f, height, size, 0, size)
	}
	r.row0 = int(r.v.first[0])
	last := size - 1
	r.rows = int(r.v.first[last]+r.v.count[last]) - r.row0
	r.scratch = make([]byte, r.rows*size*4)
	if size%4 == 0 && C.pristine_quick_usable() != 0 {
		r.quick = true
		r.quickH, r.steps = r.h.quickRows()
		r.quickV, r.taps = r.v.quickColumns()
		r.line = make([]byte, 4*size+4*(3*width+overread))
	}
	return r
}

// run resizes the region of packed BGR that begins at pix[0] and has the given
// stride in bytes, into out, 3·size² floats in RGB planes, by the table of
// 3·256 normalised values.
func (r *resampler) run(pix []byte, stride int, table, out []float32) {
	h, v := &r.h, &r.v
	if r.quick {
		C.pristine_resample_quick((*C.uint8_t)(unsafe.SliceData(pix)), C.int64_t(stride), C.int64_t(len(pix)), C.int32_t(3*r.width), C.int32_t(r.row0), C.int32_t(r.rows),
			ints(h.first), shorts(r.quickH.weights), C.int32_t(r.steps), C.int32_t(r.quickH.bits), C.int32_t(h.size),
			ints(v.first), ints(v.count), shorts(r.quickV.weights), C.int32_t(r.taps), C.int32_t(r.quickV.bits), C.int32_t(v.size),
			(*C.uint8_t)(unsafe.SliceData(r.scratch)), (*C.uint8_t)(unsafe.SliceData(r.line)),
			(*C.float)(unsafe.SliceData(table)), (*C.float)(unsafe.SliceData(out)))
		return
	}
	C.pristine_resample((*C.uint8_t)(unsafe.SliceData(pix)), C.int64_t(stride), C.int64_t(len(pix)), C.int32_t(r.row0), C.int32_t(r.rows),
		ints(h.first), ints(h.count), ints(h.weights), C.int32_t(h.taps), C.int32_t(h.size),
		ints(v.first), ints(v.count), ints(v.weights), C.int32_t(v.taps), C.int32_t(v.size),
		(*C.uint8_t)(unsafe.SliceData(r.scratch)), ints(r.acc),
		(*C.float)(unsafe.SliceData(table)), (*C.float)(unsafe.SliceData(out)))
}

func ints(s []int32) *C.int32_t { return (*C.int32_t)(unsafe.SliceData(s)) }

func shorts(s []int16) *C.int16_t { return (*C.int16_t)(unsafe.SliceData(s)) }
