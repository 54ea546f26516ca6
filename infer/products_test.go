package infer

import (
	"math/rand/v2"
	"testing"
)

func TestProductsAreExact(t *testing.T) {
	library, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range [][2]int{{1, 1}, {3, 5}, {1000, 256}} {
		n, dim := size[0], size[1]
		vectors, query, out := make([]byte, n*dim), make([]int8, dim), make([]int32, n)
		for i := range vectors {
			vectors[i] = byte(r.UintN(256))
		}
		for i := range query {
			query[i] = int8(r.IntN(255) - 127)
		}
		p, err := NewProducts(library, vectors, dim, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		if err := p.Products(query, out); err != nil {
			t.Fatal(err)
		}
		for i := range out {
			want := int32(0)
			for k, q := range query {
				want += int32(vectors[i*dim+k]) * int32(q)
			}
			if out[i] != want {
				t.Fatalf("%d×%d: product %d is %d, want %d", n, dim, i, out[i], want)
			}
		}
		if err := p.Products(query, out[:0]); err == nil {
			t.Error("results of another number were taken")
		}
	}
	if _, err := NewProducts(library, make([]byte, 7), 2, Options{}); err == nil {
		t.Error("7 bytes made vectors of 2")
	}
}
