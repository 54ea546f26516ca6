package search

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pristine/internal/meter"
)

// bruteForce compares every vector with a query in 64 bits.
func bruteForce(x *Index, query []float32, k int) []Hit {
	all := make([]int, x.Len())
	cosines := make([]float64, x.Len())
	for i := range all {
		all[i] = i
		for d, b := range x.vectors[i*x.dim : (i+1)*x.dim] {
			cosines[i] += float64(int(b)-128) * float64(query[d])
		}
		cosines[i] *= float64(x.scale(i))
	}
	slices.SortFunc(all, func(a, b int) int { return cmp.Or(cmp.Compare(cosines[b], cosines[a]), cmp.Compare(a, b)) })
	hits := make([]Hit, min(k, len(all)))
	for i := range hits {
		hits[i] = Hit{x.Name(all[i]), cosines[all[i]]}
	}
	return hits
}

// near returns a unit vector at about a distance from another, as pictures of one part
// are embedded.
func near(r *rand.Rand, v []float32, distance float64) []float32 {
	other := unit(r, len(v))
	for i := range other {
		other[i] = v[i] + float32(distance)*other[i]
	}
	n := float32(length(other))
	for i := range other {
		other[i] /= n
	}
	return other
}

// stored opens an index of the codes.
func stored(t testing.TB, dim int, codes []Code) *Index {
	t.Helper()
	entries := make([]Entry, len(codes))
	for i, c := range codes {
		entries[i] = Entry{Name: fmt.Sprintf("%d.jpg", i), Vector: c}
	}
	file := filepath.Join(t.TempDir(), "index")
	if err := Write(file, bundle, dim, entries); err != nil {
		t.Fatal(err)
	}
	x, err := Open(file, bundle)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

// The ten nearest are those of comparing each vector in 64 bits, in the same order, also
// where many are equal or differ in a bit.
func TestTop_AsBruteForce(t *testing.T) {
	const n = 2*block + 5
	for _, dim := range []int{1, 64, 257} {
		r := rand.New(rand.NewPCG(7, uint64(dim)))
		part := unit(r, dim)
		for name, vector := range map[string]func(i int) Code{
			"parts of one kind":   func(int) Code { return Encode(near(r, part, 0.3)) },
			"of everything":       func(int) Code { return Encode(unit(r, dim)) },
			"all the same":        func(int) Code { return Encode(part) },
			"a few many times":    func(i int) Code { return Encode(near(rand.New(rand.NewPCG(9, uint64(i%7))), part, 0.2)) },
			"nearer and nearer":   func(i int) Code { return Encode(near(r, part, 2*(1-float64(i)/n))) },
			"farther and farther": func(i int) Code { return Encode(near(r, part, 2*float64(i)/n)) },
			"a bit apart": func(i int) Code {
				c := Encode(part)
				c.Bytes[i%dim] ^= 1
				return c
			},
			"a scale apart": func(i int) Code {
				c := Encode(part)
				for range i % 5 {
					c.Scale = math.Nextafter32(c.Scale, 1)
				}
				return c
			},
			"zeros among them": func(i int) Code {
				if i%3 > 0 {
					return Encode(make([]float32, dim))
				}
				return Encode(unit(r, dim))
			},
		} {
			codes := make([]Code, n)
			for i := range codes {
				codes[i] = vector(i)
			}
			x := stored(t, dim, codes)
			for q, query := range [][]float32{part, near(r, part, 0.2), unit(r, dim), make([]float32, dim)} {
				got, err := x.Top(query, 10)
				if err != nil {
					t.Fatal(err)
				}
				want := bruteForce(x, query, 10)
				for i := range want {
					if i >= len(got) || got[i].Name != want[i].Name || math.Abs(got[i].Cosine-want[i].Cosine) > 1e-12 {
						t.Fatalf("%d numbers, %s, query %d: %v, want %v", dim, name, q, got, want)
					}
				}
			}
		}
	}
}

// The products are exact, and no query makes one overflow.
func TestProducts_AreExact(t *testing.T) {
	for _, dim := range []int{1, 7, 256, 1024, 65536} {
		r := rand.New(rand.NewPCG(1, uint64(dim)))
		vectors := make([]byte, 5*dim)
		for i := range vectors {
			vectors[i] = byte(r.UintN(256))
		}
		for i := range dim { // the most that a sum can be
			vectors[i], vectors[dim+i] = 0, 255
		}
		query := make([]float32, dim)
		for i := range query {
			query[i] = float32(1 - 2*(i%2)*int(r.UintN(2)))
		}
		for _, q := range [][]float32{query, slices.Repeat([]float32{0.25}, dim), slices.Repeat([]float32{-0.25}, dim)} {
			w, out := newWide(q), make([]int32, 5)
			w.products(vectors, out)
			for i := range out {
				want := int64(0)
				for k, n := range w.numbers {
					want += (int64(vectors[i*dim+k]) - zero) * int64(n)
				}
				if int64(out[i]) != want {
					t.Errorf("%d numbers: product %d is %d, want %d", dim, i, out[i], want)
				}
			}
			if w.numbers[0] == 0 {
				t.Errorf("%d numbers: nothing is left of the query", dim)
			}
		}
	}
}

// BenchmarkAMillion searches a million random vectors of the built-in model's size, in a
// file that is mapped into memory.
func BenchmarkAMillion(b *testing.B) {
	const n, dim = 1_000_000, 256
	r := rand.New(rand.NewPCG(1, 2))
	entries := make([]Entry, n)
	for i := range entries {
		entries[i] = Entry{Name: fmt.Sprintf("picture-%d.jpg", i), Vector: Encode(unit(r, dim))}
	}
	file := filepath.Join(b.TempDir(), "index")
	if err := Write(file, bundle, dim, entries); err != nil {
		b.Fatal(err)
	}
	x, err := Open(file, bundle)
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	query := unit(r, dim)
	b.ReportAllocs()
	find := func() error { _, err := x.Top(query, 20); return err }
	if err := find(); err != nil { // which maps the pages
		b.Fatal(err)
	}
	cpu, searches := time.Duration(0), 0
	for b.Loop() {
		cost, err := meter.Once(1, find)
		if err != nil {
			b.Fatal(err)
		}
		cpu += cost.CPU
		searches++
	}
	b.ReportMetric(meter.Milliseconds(cpu)/float64(searches), "core-ms")
}
