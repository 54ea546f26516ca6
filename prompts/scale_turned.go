package prompts

import (
	"slices"
	"sort"
)

// fineTurnedShare is turnedShare for finer patches. It is lower because there are
// many of them.
const fineTurnedShare = 0.25

// poses says which rotations of a picture a scale keeps besides the upright one.
type poses int

const (
	uprightOnly  poses = iota // none
	quarterTurns              // quarter turns
	allAngles                 // all of Angles
)

// posesInUse returns the rotations that the scale keeps, given whether quarter turns
// and angles are in use and whether all pictures have them.
func (s *scale) posesInUse(good []*Observation, turned, angled bool) poses {
	switch {
	case angled && s.angles(good):
		return allAngles
	case turned && s.turns(good):
		return quarterTurns
	}
	return uprightOnly
}

// posePatches returns the patches of a picture's rotations.
func (s *scale) posePatches(o *Observation, l poses) []float32 {
	switch l {
	case quarterTurns:
		return s.turnedOf(o)
	case allAngles:
		return s.angledOf(o)
	}
	return nil
}

// turnedRows returns rows of rotated patches for each chosen picture: those that are
// farthest from all upright patches. They have no bonus. Rotated patches are so far
// from the rest that with a bonus they would match anything.
func (s *scale) turnedRows(m Matcher, good []*Observation, chosen []int, asTheyLie []float32, beside poses) ([][]float32, error) {
	type row struct {
		picture int // index in chosen
		values  []float32
		cosine  float32
	}
	var all []row
	// The first turn of all pictures, then the second, in the order of storage.
	for turn := range Turns {
		for at, i := range chosen {
			features := s.posePatches(good[i], beside)
			patches := len(features) / s.dim
			from, to := turn*patches/Turns, (turn+1)*patches/Turns
			if from == to {
				continue
			}
			queries := rows(nil, features[from*s.dim:to*s.dim], s.dim, queryColumn)
			cosines := make([]float32, to-from)
			if err := m.MaxCosine(queries, asTheyLie, s.dim+1, cosines); err != nil {
				return nil, err
			}
			for k, c := range cosines {
				values := queries[k*(s.dim+1):][:s.dim+1]
				values[s.dim] = 0
				all = append(all, row{at, values, c})
			}
		}
	}
	share := turnedShare
	switch {
	case len(good) == 1:
		share = 1 // lacks needs all patches of every turn
	case s.fine:
		share = fineTurnedShare
	}
	keep := min(int(share*float64(Turns*s.patches()*len(chosen))), len(all))
	byDistance := slices.Clone(all)
	if keep < len(all) {
		sort.SliceStable(byDistance, func(a, b int) bool { return byDistance[a].cosine < byDistance[b].cosine })
	}
	kept := make([][]float32, len(chosen))
	for _, r := range byDistance[:keep] {
		kept[r.picture] = append(kept[r.picture], r.values...)
	}
	return kept, nil
}
