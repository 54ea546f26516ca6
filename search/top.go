package search

import (
	"cmp"
	"container/heap"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Hit is a picture that was found.
type Hit struct {
	Name   string  `json:"file"`
	Cosine float64 `json:"cosine"`
}

// Top returns the k nearest to a unit vector, the nearest first, and of equals the one
// that was stored first. It compares all stored vectors, on all cores: nothing is
// approximate but the byte that each stored number has.
func (x *Index) Top(query []float32, k int) ([]Hit, error) {
	if len(query) != x.dim {
		return nil, fmt.Errorf("search index: the query has %d numbers, the index %d: %w", len(query), x.dim, ErrBundle)
	}
	if x.n == 0 || k <= 0 {
		return []Hit{}, nil
	}
	found := x.candidates(newWide(query), k)
	for i := range found {
		found[i].cosine = x.cosine(found[i].index, query)
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.cosine, a.cosine), cmp.Compare(a.index, b.index))
	})
	hits := make([]Hit, min(k, len(found)))
	for i := range hits {
		hits[i] = Hit{x.Name(found[i].index), found[i].cosine}
	}
	return hits, nil
}

// cosine returns the product of a stored vector and a query.
func (x *Index) cosine(i int, query []float32) float64 {
	sum := 0.0
	for k, b := range x.vectors[i*x.dim : (i+1)*x.dim] {
		sum += float64(int(b)-zero) * float64(query[k])
	}
	return sum * float64(x.scale(i))
}

// candidate is a vector with its cosine: at first to within doubt.
type candidate struct {
	index         int
	cosine, doubt float64
}

// block is how many vectors a core compares at a time.
const block = 4096

// candidates returns all vectors that may be among the k nearest, by the query in whole
// numbers and what rounding may have changed.
func (x *Index) candidates(w wide, k int) []candidate {
	k = min(k, x.n)
	lists := make([]shortlist, min(runtime.GOMAXPROCS(0), (x.n+block-1)/block))
	var next atomic.Int64
	var comparing sync.WaitGroup
	for i := range lists {
		comparing.Go(func() {
			l := &lists[i]
			l.k, l.least = k, math.Inf(-1)
			products := make([]int32, block)
			for {
				end := int(next.Add(block))
				first := end - block
				if first >= x.n {
					return
				}
				part := products[:min(end, x.n)-first]
				w.products(x.vectors[first*x.dim:(first+len(part))*x.dim], part)
				l.addAll(x, &w, first, part)
			}
		})
	}
	comparing.Wait()
	all := shortlist{k: k, least: math.Inf(-1)}
	for i := range lists {
		for _, c := range lists[i].candidates {
			all.add(c)
		}
	}
	all.prune()
	return all.candidates
}

// shortlist holds the vectors that may be among the k nearest of those it was given.
type shortlist struct {
	k          int
	sure       floors
	least      float64 // k vectors are at least so near
	candidates []candidate
	pruned     int // candidates that were left then
}

// addAll adds vectors from first on, with these products.
func (l *shortlist) addAll(x *Index, w *wide, first int, products []int32) {
	widest := float64(zero-1) * math.Sqrt(float64(x.dim)) // length of a vector of bytes, at most
	for i, p := range products {
		scale := float64(x.scale(first + i))
		cosine, doubt := float64(p)*w.scale*scale, math.Abs(w.lost*widest*scale)
		// What floating point loses beside that is a millionth of a millionth.
		doubt += 1e-12 * math.Abs(cosine)
		if cosine+doubt >= l.least {
			l.add(candidate{first + i, cosine, doubt})
		}
	}
}

func (l *shortlist) add(c candidate) {
	if c.cosine+c.doubt < l.least {
		return
	}
	l.candidates = append(l.candidates, c)
	if floor := c.cosine - c.doubt; len(l.sure) < l.k {
		heap.Push(&l.sure, floor)
	} else if floor > l.sure[0] {
		l.sure[0] = floor
		heap.Fix(&l.sure, 0)
	}
	if len(l.sure) == l.k {
		l.least = l.sure[0]
	}
	if len(l.candidates) > 2*l.pruned+4*l.k+block {
		l.prune()
	}
}

// prune removes what is no candidate any more.
func (l *shortlist) prune() {
	l.candidates = slices.DeleteFunc(l.candidates, func(c candidate) bool { return c.cosine+c.doubt < l.least })
	l.pruned = len(l.candidates)
}

// floors is a heap of the least cosines that vectors have, the lowest first.
type floors []float64

// Len implements heap.Interface.
func (f floors) Len() int           { return len(f) }
func (f floors) Less(i, j int) bool { return f[i] < f[j] }
func (f floors) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *floors) Push(c any)        { *f = append(*f, c.(float64)) }
func (f *floors) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}
