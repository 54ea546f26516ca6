package search

// #cgo CFLAGS: -O3
// #include "products.h"
import "C"

import (
	"math"
	"runtime"
)

// wide is a query in whole numbers: its numbers are about wide.numbers · scale.
type wide struct {
	numbers []int16
	scale   float64
	lost    float64 // length of what rounding took from the query
}

// newWide rounds a query to as many bits as leave the product with any vector of bytes
// within 32: 15 for 256 numbers, 14 for 1,024.
func newWide(query []float32) wide {
	most := 0.0
	for _, x := range query {
		most = max(most, math.Abs(float64(x)))
	}
	w := wide{numbers: make([]int16, len(query))}
	limit := min(math.MaxInt16, math.MaxInt32/(zero*len(query)))
	if most == 0 || limit == 0 {
		w.lost = length(query)
		return w
	}
	w.scale = most / float64(limit)
	sum := 0.0
	for i, x := range query {
		w.numbers[i] = int16(math.Round(float64(x) / w.scale))
		d := float64(x) - float64(w.numbers[i])*w.scale
		sum += d * d
	}
	w.lost = math.Sqrt(sum)
	return w
}

func length(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

// products writes out[i] = Σ (vectors[i][k] − zero)·numbers[k].
func (w *wide) products(vectors []byte, out []int32) {
	if len(out) == 0 {
		return
	}
	var pinner runtime.Pinner // a block is in C for microseconds
	defer pinner.Unpin()
	pinner.Pin(&w.numbers[0])
	C.products((*C.uint8_t)(&vectors[0]), C.size_t(len(out)), C.size_t(len(w.numbers)), (*C.int16_t)(&w.numbers[0]), (*C.int32_t)(&out[0]))
}
