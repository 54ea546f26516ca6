package challenge

import (
	"math/rand/v2"
	"slices"

	"pristine/verdict"
)

// smallestInterval returns the interval of the smallest size by a percentile bootstrap
// over the pictures (Efron, 1979).
func (out *Outcome) smallestInterval(k Kind, sizes []Size) [2]int {
	const draws = 1000
	index := map[int]int{}
	for i, s := range sizes {
		index[s.Pixels] = i
	}
	found, planted := make([][]bool, len(out.Pictures)), make([][]bool, len(out.Pictures))
	var passing []int
	for i := range out.Pictures {
		found[i], planted[i] = make([]bool, len(sizes)), make([]bool, len(sizes))
		if out.Plain[i][0].Verdict == verdict.Pass {
			passing = append(passing, i)
		}
	}
	for _, t := range out.Trials {
		if at, ok := index[t.Size]; ok && t.Kind == k && out.counts(&t) {
			planted[t.Picture][at], found[t.Picture][at] = true, t.Scores[0].Verdict != verdict.Pass
		}
	}
	r := rand.New(rand.NewPCG(out.Seed, 1))
	drawn := make([]int, draws) // index of the smallest size; len(sizes): none
	for d := range drawn {
		hits, n := make([]int, len(sizes)), make([]int, len(sizes))
		for range passing {
			i := passing[r.IntN(len(passing))]
			for s := range sizes {
				if planted[i][s] {
					n[s]++
					if found[i][s] {
						hits[s]++
					}
				}
			}
		}
		at := len(sizes)
		for at > 0 && n[at-1] > 0 && float64(hits[at-1]) >= wanted*float64(n[at-1]) {
			at--
		}
		drawn[d] = at
	}
	slices.Sort(drawn)
	pixels := func(at int) int {
		if at == len(sizes) {
			return 0
		}
		return sizes[at].Pixels
	}
	return [2]int{pixels(drawn[draws/40]), pixels(drawn[draws-1-draws/40])}
}
