package prompts

import (
	"math"
	"math/rand/v2"
	"testing"
)

// lit is an observation of a grid of patches, each with a look of its own, in a light
// that all of them have in common; spoiled, one patch looks otherwise.
func lit(seed uint64, light float32, spoiled bool) *Observation {
	const side, dim = 12, 24
	part, r := rand.New(rand.NewPCG(1, 1)), rand.New(rand.NewPCG(seed, 2))
	o := &Observation{Bundle: "b", Embedding: at(0), FeatureGrid: [2]int{side, side}}
	for i := range side * side {
		row := make([]float32, dim)
		for k := range row {
			row[k] = float32(part.NormFloat64() + 0.2*r.NormFloat64())
		}
		if spoiled && i == 50 {
			for k := range row {
				row[k] = float32(math.Cos(float64(k)))
			}
		}
		for k := 0; k < dim; k += 2 {
			row[k] += light
		}
		length := norm(row)
		for k := range row {
			row[k] = float32(float64(row[k]) / length)
		}
		o.Features = append(o.Features, row...)
	}
	return o
}

// rawOf returns a function that returns the raw score of an observation by references
// alone, of which good makes four.
func rawOf(t *testing.T, good func(i uint64) *Observation) func(*Observation) float64 {
	t.Helper()
	b := testBank(t)
	b.Set.TextWeight = 0
	r := NewReferences("b", nil)
	for i := range uint64(4) {
		if err := r.Add(good(i)); err != nil {
			t.Fatal(err)
		}
	}
	bank, err := b.WithReferences(r)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *Observation) float64 {
		t.Helper()
		var s Scores
		if err := bank.Score(o, &s); err != nil {
			t.Fatal(err)
		}
		return s.Raw
	}
}

// Light that the references do not show counts for less than a defect.
func TestWhatAllPatchesHaveInCommonIsNoDefect(t *testing.T) {
	raw := rawOf(t, func(i uint64) *Observation { return lit(i, 0, false) })
	for i := range uint64(8) {
		usual, brighter, spoiled := raw(lit(10+i, 0, false)), raw(lit(20+i, 0.8, false)), raw(lit(30+i, 0, true))
		if brighter > (usual+spoiled)/2 {
			t.Errorf("as usual %.2f, in another light %.2f, with a defect %.2f", usual, brighter, spoiled)
		}
	}
}
