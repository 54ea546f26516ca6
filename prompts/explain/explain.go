package explain

import (
	"fmt"
	"slices"
	"sort"

	"pristine/prompts"
)

// Near is the similarity of a picture and a reference.
type Near struct {
	Index int     `json:"-"`      // of the reference
	Share float64 `json:"share"`  // of the picture's patches that are nearest to this reference
	Worst float64 `json:"cosine"` // of the patch that is least like it
}

// References compares a picture's patches with those of each reference. It returns the
// reference with the largest share first.
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

// compared returns what references compare: patch features, or tiles where the
// bundle has none.
func compared(o *prompts.Observation) (vectors []float32, patches int) {
	if len(o.Features) > 0 {
		return o.Features, o.FeatureGrid[0] * o.FeatureGrid[1]
	}
	return o.Tiles, o.TileGrid[0] * o.TileGrid[1]
}
