package infer

// #cgo CFLAGS: -O3
// #include "resample.h"
import "C"

import (
	"math"
	"unsafe"
)

// pass is one direction of a resize: for each output sample its first input
// sample, how many there are, and their weights.
type pass struct {
	first, count, weights []int32
	taps, size            int
}

// newPass computes the weights of Pillow's antialiased bicubic filter
// (a = −0.5; src/libImaging/Resample.c) from in samples to out, of which
// output samples [from, from+size) are wanted.
func newPass(in, out, from, size int) pass {
	scale := float64(in) / float64(out)
	filterScale := math.Max(scale, 1)
	support := 2 * filterScale // the cubic reaches two samples
	taps := int(math.Ceil(support))*2 + 1
	p := pass{first: make([]int32, size), count: make([]int32, size), weights: make([]int32, size*taps), taps: taps, size: size}
	k := make([]float64, taps)
	for i := range size {
		center := (float64(from+i) + 0.5) * scale
		first := max(int(center-support+0.5), 0)
		last := min(int(center+support+0.5), in)
		sum := 0.0
		for x := first; x < last; x++ {
			k[x-first] = cubic((float64(x) - center + 0.5) / filterScale)
			sum += k[x-first]
		}
		for x := range last - first {
			p.weights[i*taps+x] = int32(math.Round(k[x] / sum * (1 << 22)))
		}
		p.first[i], p.count[i] = int32(first), int32(last-first)
	}
	return p
}

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

// resampler resizes pictures of one size into the input of a model. It belongs
// to one goroutine at a time.
type resampler struct {
	width, height int // of the region
	h, v          pass
	row0, rows    int // input rows that the vertical pass reads
	scratch       []byte
	acc           []int32
}

func newResampler(width, height, size int, rule string) *resampler {
	r := &resampler{width: width, height: height, acc: make([]int32, 4*size)}
	if rule == "shortest_crop" {
		// As torchvision and transformers do it: the short side becomes size,
		// the long one is cut to a whole number, and the middle is taken.
		w, h := size, size
		if width > height {
			w = size * width / height
		} else {
			h = size * height / width
		}
		r.h = newPass(width, w, (w-size)/2, size)
		r.v = newPass(height, h, (h-size)/2, size)
	} else {
		r.h, r.v = newPass(width, size, 0, size), newPass(height, size, 0, size)
	}
	r.row0 = int(r.v.first[0])
	last := size - 1
	r.rows = int(r.v.first[last]+r.v.count[last]) - r.row0
	r.scratch = make([]byte, r.rows*size*4)
	return r
}

// run resizes the region of packed BGR that begins at pix[0] and has the given
// stride in bytes, into out, 3·size² floats in RGB planes, by the table of
// 3·256 normalised values.
func (r *resampler) run(pix []byte, stride int, table, out []float32) {
	h, v := &r.h, &r.v
	C.pristine_resample((*C.uint8_t)(unsafe.SliceData(pix)), C.int64_t(stride), C.int64_t(len(pix)), C.int32_t(r.row0), C.int32_t(r.rows),
		ints(h.first), ints(h.count), ints(h.weights), C.int32_t(h.taps), C.int32_t(h.size),
		ints(v.first), ints(v.count), ints(v.weights), C.int32_t(v.taps), C.int32_t(v.size),
		(*C.uint8_t)(unsafe.SliceData(r.scratch)), ints(r.acc),
		(*C.float)(unsafe.SliceData(table)), (*C.float)(unsafe.SliceData(out)))
}

func ints(s []int32) *C.int32_t { return (*C.int32_t)(unsafe.SliceData(s)) }
