package observe

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"pristine/capture"
	"pristine/evaluate"
	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/prompts"
)

// part draws a part of a lot: the same texture in another light, with other noise,
// and a spot of its own size where one is planted.
func part(seed uint64, spot int) *capture.Frame {
	const side = 128
	r := rand.New(rand.NewPCG(seed, 1))
	light := 0.93 + 0.14*r.Float64()
	x0, y0 := spot+r.IntN(side-2*spot), spot+r.IntN(side-2*spot)
	f := &capture.Frame{Width: side, Height: side, Pix: make([]byte, 0, 3*side*side)}
	for y := range side {
		for x := range side {
			v := 120 + 40*math.Sin(float64(x)/7) + 30*math.Cos(float64(y)/11)
			if math.Hypot(float64(x-x0), float64(y-y0)) < float64(spot)/2 {
				v -= 60
			}
			for c := range 3 {
				f.Pix = append(f.Pix, byte(min(max(light*v+6*float64(c)+3*r.NormFloat64(), 0), 255)))
			}
		}
	}
	return f
}

// lot is what is seen of parts: references, other good ones, and bad ones.
func lot(t *testing.T, m *Model, needs prompts.Needs) (references, good, bad []prompts.Observation) {
	t.Helper()
	e := m.NewEncoder(View{})
	see := func(seed uint64, spot int) prompts.Observation {
		var o prompts.Observation
		o.Ask(needs)
		if err := e.Encode(context.Background(), part(seed, spot), &o); err != nil {
			t.Fatal(err)
		}
		return o.Clone()
	}
	for i := range uint64(4) {
		references = append(references, see(i, 0))
	}
	for i := range uint64(40) {
		good, bad = append(good, see(100+i, 0)), append(bad, see(200+i, 12))
	}
	return references, good, bad
}

// ranked returns the AUROC of scores.
func ranked(good, bad []prompts.Observation, score func(o *prompts.Observation) float64) float64 {
	var scores [2][]float64
	for i, all := range [][]prompts.Observation{good, bad} {
		for k := range all {
			scores[i] = append(scores[i], score(&all[k]))
		}
	}
	return evaluate.AUROC(scores[0], scores[1])
}

// byReferences returns the AUROC by references alone, as a camera compares them.
func byReferences(t *testing.T, m *Model, tiles int) float64 {
	t.Helper()
	set, err := prompts.Parse("set.yaml", []byte("name: x\nobject: part\npristine: [perfect]\ndefects: {spot: {prompts: [stained]}}\ntext_weight: 0\ntemplates: none"))
	if err != nil {
		t.Fatal(err)
	}
	set.Tiles = tiles
	bank, err := prompts.NewBank(context.Background(), set, m.Texts, m.Info())
	if err != nil {
		t.Fatal(err)
	}
	references, good, bad := lot(t, m, set.LearnNeeds(4))
	kept := prompts.NewReferences(m.Bundle.Hash, m.Matcher)
	for i := range references {
		if err := kept.Add(&references[i]); err != nil {
			t.Fatal(err)
		}
	}
	if bank, err = bank.WithReferences(kept); err != nil {
		t.Fatal(err)
	}
	var s prompts.Scores
	return ranked(good, bad, func(o *prompts.Observation) float64 {
		if err := bank.Score(o, &s); err != nil {
			t.Fatal(err)
		}
		return s.Raw
	})
}

// With patches a small spot on a part ranks it better than by the embedding alone,
// and than by the tiles that exports had to make do with: weights that were never
// trained are enough to see that.
func TestPatches_RankAPlantedDefectBetter(t *testing.T) {
	for _, name := range []string{"clip-embeds-17", "siglip-pooled-14"} {
		t.Run(name, func(t *testing.T) {
			m := openedExport(t, exportWith(t, name))
			patches := byReferences(t, m, 0)
			references, good, bad := lot(t, m, prompts.Needs{})
			embedding := ranked(good, bad, func(o *prompts.Observation) float64 {
				nearest := math.Inf(-1)
				for i := range references {
					nearest = max(nearest, infer.Cosine(o.Embedding, references[i].Embedding))
				}
				return -nearest
			})
			tiles := byReferences(t, withoutPatches(t, m), 3)
			t.Logf("AUROC by patches %.3f, by tiles %.3f, by the embedding %.3f", patches, tiles, embedding)
			if patches < 0.88 || patches < embedding+0.1 || patches < tiles+0.05 {
				t.Errorf("AUROC by patches %.3f, by tiles %.3f, by the embedding %.3f", patches, tiles, embedding)
			}
		})
	}
}

// withoutPatches is the model as it was before: with its embedding alone.
func withoutPatches(t *testing.T, m *Model) *Model {
	t.Helper()
	plain := *m
	b := *m.Bundle
	b.Manifest.Image.Outputs.PatchFeatures, b.Manifest.Image.Outputs.PatchTokens = "", ""
	plain.Bundle = &bundle.Bundle{Dir: b.Dir, Manifest: b.Manifest, Hash: b.Hash}
	var err error
	if plain.Images, err = infer.NewService(m.Library, plain.Bundle, infer.Options{}, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(plain.Images.Close)
	return &plain
}
