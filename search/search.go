package search

import (
	"container/heap"
	"fmt"
	"math"
	"sort"
)

// zero is the byte of the number 0.
const zero = 128

// Code is a vector, a byte a number: (byte − 128) · Scale.
type Code struct {
	Scale float32
	Bytes []byte
}

// Encode quantises a vector by its largest number.
func Encode(v []float32) Code {
	most := float32(0)
	for _, x := range v {
		most = max(most, x, -x)
	}
	c := Code{Scale: most / 127, Bytes: make([]byte, len(v))}
	for i, x := range v {
		c.Bytes[i] = zero
		if most > 0 {
			c.Bytes[i] = byte(zero + math.Round(float64(x/c.Scale)))
		}
	}
	return c
}

// Decode returns the vector, to a 127th of its largest number.
func (c Code) Decode() []float32 {
	v := make([]float32, len(c.Bytes))
	for i, b := range c.Bytes {
		v[i] = float32(int(b)-zero) * c.Scale
	}
	return v
}

// Ranker multiplies a query with all vectors that it was made for.
type Ranker interface {
	// Products writes out[i] = Σ vectors[i][k]·query[k].
	Products(query []int8, out []int32) error
}

// Hit is a picture that was found.
type Hit struct {
	Name   string  `json:"file"`
	Cosine float64 `json:"cosine"`
}

// Top returns the k nearest to a unit vector, the nearest first. The ranker
// holds the index's vectors.
func (x *Index) Top(query []float32, k int, r Ranker) ([]Hit, error) {
	if len(query) != x.dim {
		return nil, fmt.Errorf("search index: the query has %d numbers, the index %d: %w", len(query), x.dim, ErrBundle)
	}
	code := Encode(query)
	signed, sum := make([]int8, x.dim), int32(0)
	for i, b := range code.Bytes {
		signed[i] = int8(int(b) - zero)
		sum += int32(signed[i])
	}
	products := make([]int32, x.n)
	if x.n > 0 {
		if err := r.Products(signed, products); err != nil {
			return nil, fmt.Errorf("search index: %w", err)
		}
	}
	best := make(nearest, 0, k+1)
	for i, p := range products {
		cosine := float32(p-zero*sum) * x.scale(i) * code.Scale
		if len(best) == k && (k == 0 || cosine <= best[0].cosine) {
			continue
		}
		heap.Push(&best, candidate{i, cosine})
		if len(best) > k {
			heap.Pop(&best)
		}
	}
	sort.Slice(best, func(i, j int) bool { return best.Less(j, i) })
	hits := make([]Hit, len(best))
	for i, c := range best {
		hits[i] = Hit{x.Name(c.index), float64(c.cosine)}
	}
	return hits, nil
}

type candidate struct {
	index  int
	cosine float32
}

// nearest is a heap whose first is the farthest of those kept; of equals, the
// later one.
type nearest []candidate

func (n nearest) Len() int { return len(n) }
func (n nearest) Less(i, j int) bool {
	return n[i].cosine < n[j].cosine || n[i].cosine == n[j].cosine && n[i].index > n[j].index
}
func (n nearest) Swap(i, j int) { n[i], n[j] = n[j], n[i] }
func (n *nearest) Push(c any)   { *n = append(*n, c.(candidate)) }
func (n *nearest) Pop() any {
	last := (*n)[len(*n)-1]
	*n = (*n)[:len(*n)-1]
	return last
}
