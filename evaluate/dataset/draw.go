package dataset

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// Draw draws k references from the good pictures, first from those that the layout
// reserves for training. It returns the indices of the references, and of all other
// pictures that are not reserved. The same seed gives the same draw.
func Draw(pictures []Picture, k int, seed uint64) (references, rest []int, err error) {
	var train, good []int
	for i, p := range pictures {
		switch {
		case p.Train:
			train = append(train, i)
		case !p.Bad:
			good = append(good, i)
		}
	}
	r := rand.New(rand.NewPCG(seed, 0))
	for _, list := range [][]int{train, good} {
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	if from := len(train) + len(good); k >= from || k > len(train) && k-len(train) >= len(good) {
		return nil, nil, fmt.Errorf("draw references: %d of %d good pictures leaves none to measure: use more pictures or fewer references", k, from)
	}
	references = append(append(references, train...), good...)[:k]
	slices.Sort(references)
	for i, p := range pictures {
		if _, drawn := slices.BinarySearch(references, i); !drawn && !p.Train {
			rest = append(rest, i)
		}
	}
	return references, rest, nil
}
