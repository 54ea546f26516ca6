// Package explain says why a picture got its score: which texts speak for a
// good part and which against it, and which references it is like.
//
//	texts, err := explain.Texts(ctx, set, encoder, observation.Embedding)
//	near, err := explain.References(matcher, &observation, references)
//
// Promises: cosines are of unit vectors, in [−1, 1], and a text's is that of its
// state in all of the set's templates, as scoring takes it. Vectors of two
// bundles are never compared: that is an error.
//
// Functions are pure but for the encoder and the matcher, and keep nothing.
package explain

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"

	"pristine/prompts"
)

// Text is one prompt of a set beside a picture.
type Text struct {
	Class  string       `json:"class"`
	Kind   prompts.Kind `json:"kind"`
	Prompt string       `json:"prompt"`
	Cosine float64      `json:"cosine"`
}

// Against tells whether the text speaks against the part.
func (t *Text) Against() bool { return t.Kind == prompts.Defect }

// Texts gives each prompt's cosine with an embedding, the nearest first.
func Texts(ctx context.Context, set *prompts.Set, encoder prompts.TextEncoder, embedding []float32) ([]Text, error) {
	texts := list(set)
	for i := range texts {
		sentences, err := encoder.Encode(ctx, set.Sentences(texts[i].Prompt))
		if err != nil {
			return nil, fmt.Errorf("explain picture: %w", err)
		}
		mean := make([]float64, len(embedding))
		for _, s := range sentences {
			if len(s) != len(embedding) {
				return nil, fmt.Errorf("explain picture: %d numbers of a text, %d of the picture: %w", len(s), len(embedding), prompts.ErrBundle)
			}
			for k, v := range s {
				mean[k] += float64(v) / length(s)
			}
		}
		dot, norm := 0.0, 0.0
		for k, v := range mean {
			dot, norm = dot+v*float64(embedding[k]), norm+v*v
		}
		texts[i].Cosine = dot / max(math.Sqrt(norm), 1e-12)
	}
	sort.SliceStable(texts, func(i, j int) bool { return texts[i].Cosine > texts[j].Cosine })
	return texts, nil
}

func list(set *prompts.Set) []Text {
	var all []Text
	for _, p := range set.Pristine {
		all = append(all, Text{"pristine", prompts.Pristine, p.Text, 0})
	}
	for _, group := range []struct {
		kind    prompts.Kind
		classes map[string]prompts.State
	}{{prompts.Defect, set.Defects}, {prompts.Lookalike, set.Lookalikes}} {
		for _, name := range slices.Sorted(maps.Keys(group.classes)) {
			for _, p := range group.classes[name].Prompts {
				all = append(all, Text{name, group.kind, p.Text, 0})
			}
		}
	}
	return all
}

func length(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return max(math.Sqrt(sum), 1e-12)
}

// Near is how like a reference a picture is.
type Near struct {
	Index int     `json:"-"`      // of the reference
	Share float64 `json:"share"`  // of the picture's patches that are nearest to this reference
	Worst float64 `json:"cosine"` // of the patch that is least like it
}

// References compares a picture's patches with those of each reference, the one
// that most patches are nearest to first.
func References(m prompts.Matcher, o *prompts.Observation, references []prompts.Observation) ([]Near, error) {
	seen, patches := compared(o)
	if patches == 0 || len(seen)%patches != 0 {
		return nil, fmt.Errorf("explain picture: %w", prompts.ErrNoFeatures)
	}
	if len(references) == 0 {
		return nil, nil
	}
	near := make([]Near, len(references))
	best, nearest := make([]float32, patches), make([]int, patches)
	for i, r := range references {
		if r.Bundle != o.Bundle {
			return nil, fmt.Errorf("explain picture: %w", prompts.ErrBundle)
		}
		cosines := make([]float32, patches)
		shown, _ := compared(&r)
		if err := m.MaxCosine(seen, shown, len(seen)/patches, cosines); err != nil {
			return nil, fmt.Errorf("explain picture: %w", err)
		}
		near[i] = Near{Index: i, Worst: float64(slices.Min(cosines))}
		for k, c := range cosines {
			if i == 0 || c > best[k] {
				best[k], nearest[k] = c, i
			}
		}
	}
	for _, i := range nearest {
		near[i].Share += 1 / float64(patches)
	}
	sort.SliceStable(near, func(i, j int) bool { return near[i].Share > near[j].Share })
	return near, nil
}

// compared gives what references compare: patch features, or tiles where the
// bundle has none.
func compared(o *prompts.Observation) (vectors []float32, patches int) {
	if len(o.Features) > 0 {
		return o.Features, o.FeatureGrid[0] * o.FeatureGrid[1]
	}
	return o.Tiles, o.TileGrid[0] * o.TileGrid[1]
}
