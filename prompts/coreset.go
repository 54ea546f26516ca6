package prompts

import "fmt"

// Keep reduces the good pictures to a coreset of k. It adds, greedily, the picture that
// is farthest from those already chosen, as PatchCore chooses patches (greedy k-center).
// It chooses whole pictures so that leave-one-out stays possible, and begins with the
// first. It returns the pictures that it dropped. Bad pictures all stay.
func (r *References) Keep(k int) ([]Reference, error) {
	var good []int
	for i, p := range r.pictures {
		if !p.Bad {
			good = append(good, i)
		}
	}
	if k < 1 || len(good) <= k {
		return nil, nil
	}
	patches := r.grid[0] * r.grid[1]
	nearest := make([]float32, len(r.pictures)*patches) // cosine of each patch with the nearest chosen one
	for i := range nearest {
		nearest[i] = -1
	}
	kept, last := map[int]bool{good[0]: true}, good[0]
	found, scratch, far := make([]float32, patches), []float32(nil), make([]float32, patches)
	for len(kept) < k {
		memory, _ := r.pictures[last].Seen.features()
		next, farthest := -1, -1.0
		for _, i := range good {
			if kept[i] {
				continue
			}
			features, _ := r.pictures[i].Seen.features()
			if err := r.matcher.MaxCosine(features, memory, r.dim, found); err != nil {
				return nil, fmt.Errorf("choose references: %w", err)
			}
			for p, c := range found {
				at := &nearest[i*patches+p]
				*at = max(*at, c)
				far[p] = distance(*at)
			}
			if d := top(far, &scratch); d > farthest {
				next, farthest = i, d
			}
		}
		kept[next], last = true, next
	}
	var rest, dropped []Reference
	for i, p := range r.pictures {
		if p.Bad || kept[i] {
			rest = append(rest, p)
		} else {
			dropped = append(dropped, p)
		}
	}
	r.pictures = rest
	return dropped, nil
}
