package prompts

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
)

// randomTexts embeds each text as a seeded random unit vector.
type randomTexts struct{ dim int }

func (e randomTexts) Encode(_ context.Context, texts []string) (all [][]float32, err error) {
	r := rand.New(rand.NewPCG(1, 2))
	for range texts {
		all = append(all, randomUnit(r, e.dim))
	}
	return all, nil
}

func randomUnit(r *rand.Rand, dim int) []float32 {
	v := make([]float32, dim)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	n := float32(norm(v))
	for i := range v {
		v[i] /= n
	}
	return v
}

// BenchmarkScoreAThousandPrompts scores a picture against a set of 1,000 prompts in 40
// classes, with embeddings of CLIP ViT-B/32's size. "texts" compares it with each prompt by
// itself, as for the event of a flagged part.
func BenchmarkScoreAThousandPrompts(b *testing.B) {
	const dim, classes, each = 512, 39, 25
	set := &Set{Name: "many", Object: "part", Templates: []string{"{}"}, Defects: map[string]State{}}
	prompts := func(name string) (all []Prompt) {
		for i := range each {
			all = append(all, Prompt{fmt.Sprintf("{} %s %d", name, i), 1})
		}
		return all
	}
	set.Pristine = prompts("fine")
	for i := range classes {
		name := fmt.Sprint("defect", i)
		set.Defects[name] = State{Prompts: prompts(name), Weight: 1}
	}
	bank, err := NewBank(context.Background(), set, randomTexts{dim}, BundleInfo{Hash: "b", Dim: dim, LogitScale: 100})
	if err != nil {
		b.Fatal(err)
	}
	o := &Observation{Bundle: "b", Embedding: randomUnit(rand.New(rand.NewPCG(3, 4)), dim)}
	var scores Scores
	b.Run("score", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := bank.Score(o, &scores); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("texts", func(b *testing.B) {
		for b.Loop() {
			if all, err := bank.Texts(o.Embedding); err != nil || len(all) != (classes+1)*each {
				b.Fatal(len(all), err)
			}
		}
	})
}
