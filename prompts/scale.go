package prompts

import (
	"errors"
	"math"
	"slices"
	"sort"
)

// scale is one of the patch sizes at which pictures are compared: that of the
// whole picture, or that of its tiles.
type scale struct {
	fine     bool
	byCosine bool // MatchingNearest
	grid     [2]int
	dim      int     // of a feature
	weight   float64 // of its map in the joined one

	level     []float32 // mean of the good pictures' patches; nil if pictures are not levelled
	memory    []float32 // [rows, dim+1]: good patches, each followed by its bonus
	owners    []int     // number of rows of each good picture in memory, in order
	badMemory []float32 // [·, dim+1]: the distinctive patches of bad pictures

	mean, std float64 // of distances of good pictures' patches
}

// ownShare is the share of a reference patch's squared distance from the other
// references that is subtracted from the squared distance of any patch that matches
// it: where good parts vary, a new part may vary, too. With four references it
// gained 1.3 points of AUROC in the mean on six sets of photos and 1.4 on twelve
// rendered lots. A quarter gained half of that. Three quarters cost a set of natural
// parts 3 points.
const ownShare = 0.5

// fineWeight is the weight of the finer map relative to the whole picture's.
// Weights of 1, 2 and 3 differ by at most 0.5 points in the mean on photos and lots.
// A single reference says too little about finer patches, so its weight is 1.
const fineWeight = 2

// fineTurnedShare is turnedShare for finer patches. It is lower because there are
// many of them.
const fineTurnedShare = 0.25

// mostFine is the largest number of good references whose finer patches are kept in
// memory. Matching time grows with the memory.
const mostFine = 8

func (s *scale) patches() int { return s.grid[0] * s.grid[1] }

// of returns what the scale compares of an observation.
func (s *scale) of(o *Observation) (features []float32, grid [2]int) {
	if s.fine {
		return o.Fine, o.FineGrid
	}
	return o.features()
}

func (s *scale) turnedOf(o *Observation) []float32 {
	if s.fine {
		return o.FineTurned
	}
	return o.Turned
}

func (s *scale) z(distance float32) float64 { return (float64(distance) - s.mean) / s.std }

// rows appends features, each followed by one more number: the bonus in a memory, 1
// in a query.
func rows(to, features []float32, dim int, behind func(i int) float32) []float32 {
	for i := 0; i*dim < len(features); i++ {
		to = append(append(to, features[i*dim:(i+1)*dim]...), behind(i))
	}
	return to
}

// queries appends features as query rows, shifted by an offset.
func (s *scale) queries(to, features, by []float32) []float32 {
	from := len(to)
	to = rows(to, features, s.dim, looked)
	move(to[from:], s.dim, s.dim+1, by)
	return to
}

// looked returns the number that follows each feature of a query.
func looked(int) float32 { return 1 }

// remembered returns the indices of the good pictures whose patches the scale keeps:
// all of them, or mostFine, evenly spaced.
func (s *scale) remembered(good int) []int {
	n := good
	if s.fine {
		n = min(n, mostFine)
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i * good / n
	}
	return all
}

// poses says which rotations of a picture a scale keeps besides the upright one.
type poses int

const (
	asItLies   poses = iota // none
	byQuarters              // quarter turns
	atAnyAngle              // all of Angles
)

// otherwise returns the rotations that the scale keeps, given whether quarter turns
// and angles are in use and whether all pictures have them.
func (s *scale) otherwise(good []*Observation, turned, angled bool) poses {
	switch {
	case angled && s.angles(good):
		return atAnyAngle
	case turned && s.turns(good):
		return byQuarters
	}
	return asItLies
}

// besideOf returns the patches of a picture's rotations.
func (s *scale) besideOf(o *Observation, l poses) []float32 {
	switch l {
	case byQuarters:
		return s.turnedOf(o)
	case atAnyAngle:
		return s.angledOf(o)
	}
	return nil
}

// learn fills the memory with the good pictures and their rotations. It returns the
// leave-one-out distance of each patch: to the nearest patch of the other pictures
// or, for a single picture, of its other half.
func (s *scale) learn(m Matcher, good []*Observation, beside poses) ([]float32, error) {
	chosen := s.remembered(len(good))
	own, err := s.bonuses(m, good, chosen, beside)
	if err != nil {
		return nil, err
	}
	s.memory, s.owners = nil, make([]int, len(good))
	var asTheyLie []float32 // all upright patches: rotated ones are chosen by their distance from these
	for at, i := range chosen {
		features, _ := s.of(good[i])
		asTheyLie = rows(asTheyLie, features, s.dim, func(k int) float32 { return own[at][k] })
	}
	var more [][]float32
	if beside != asItLies {
		if more, err = s.turnedRows(m, good, chosen, asTheyLie, beside); err != nil {
			return nil, err
		}
	}
	size := s.patches() * (s.dim + 1)
	for at, i := range chosen {
		s.memory = append(s.memory, asTheyLie[at*size:(at+1)*size]...)
		s.owners[i] = s.patches()
		if beside != asItLies {
			s.memory = append(s.memory, more[at]...)
			s.owners[i] += len(more[at]) / (s.dim + 1)
		}
	}
	return s.leftOut(m, good)
}

// bonuses returns, for each patch of the chosen pictures, the amount by which it
// raises the cosine of what it matches: half of ownShare times its squared distance
// to the nearest patch of the other chosen pictures and their rotations.
func (s *scale) bonuses(m Matcher, good []*Observation, chosen []int, beside poses) ([][]float32, error) {
	own := make([][]float32, len(chosen))
	for at := range chosen {
		own[at] = make([]float32, s.patches())
		if len(chosen) == 1 || s.byCosine {
			continue // a single picture shows no variation; MatchingNearest ignores it
		}
		queries, _ := s.of(good[chosen[at]])
		var others []float32
		for k, i := range chosen {
			if k == at {
				continue
			}
			features, _ := s.of(good[i])
			others = append(append(others, features...), s.besideOf(good[i], beside)...)
		}
		if err := m.MaxCosine(queries, others, s.dim, own[at]); err != nil {
			return nil, err
		}
		for k, c := range own[at] {
			own[at][k] = ownShare * (1 - c) // (2 − 2c)/2
		}
	}
	return own, nil
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
			features := s.besideOf(good[i], beside)
			patches := len(features) / s.dim
			from, to := turn*patches/Turns, (turn+1)*patches/Turns
			if from == to {
				continue
			}
			queries := rows(nil, features[from*s.dim:to*s.dim], s.dim, looked)
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

// leftOut returns the leave-one-out distance of each patch: to the nearest patch in
// memory of another picture.
func (s *scale) leftOut(m Matcher, good []*Observation) ([]float32, error) {
	patches := s.patches()
	if len(good) == 1 {
		return s.halves(m, good[0])
	}
	distances := make([]float32, len(good)*patches)
	cosines := make([]float32, patches)
	from := 0
	for i, o := range good {
		features, _ := s.of(o)
		queries := rows(nil, features, s.dim, looked)
		to := from + s.owners[i]*(s.dim+1)
		nearest := distances[i*patches:][:patches]
		for k := range nearest {
			nearest[k] = -1
		}
		for _, others := range [][]float32{s.memory[:from], s.memory[to:]} {
			if len(others) == 0 {
				continue
			}
			if err := m.MaxCosine(queries, others, s.dim+1, cosines); err != nil {
				return nil, err
			}
			for k, c := range cosines {
				nearest[k] = max(nearest[k], c)
			}
		}
		for k, c := range nearest {
			nearest[k] = s.distance(c)
		}
		from = to
	}
	return distances, nil
}

// halves returns the distance of each patch of a single reference to the nearest
// patch of its other half. Rotations are ignored: rotated, one half of a round part
// is the other half.
func (s *scale) halves(m Matcher, o *Observation) ([]float32, error) {
	features, _ := s.of(o)
	distances, half := make([]float32, s.patches()), s.patches()/2
	upper, lower := features[:half*s.dim], features[half*s.dim:]
	err := errors.Join(m.MaxCosine(upper, lower, s.dim, distances[:half]), m.MaxCosine(lower, upper, s.dim, distances[half:]))
	for k, c := range distances {
		distances[k] = s.distance(c)
	}
	return distances, err
}

// learnBad keeps the patches of each bad picture that are farthest from all good
// ones. The rest of a bad part looks like a good part.
func (s *scale) learnBad(m Matcher, pictures []Reference) error {
	s.badMemory = nil
	patches := s.patches()
	cosines, order := make([]float32, patches), make([]int, patches)
	for i := range pictures {
		p := &pictures[i]
		features, grid := s.of(&p.Seen)
		if !p.Bad || grid != s.grid || len(features) != patches*s.dim {
			continue
		}
		queries := s.queries(nil, features, s.offset(nil, features))
		if err := m.MaxCosine(queries, s.memory, s.dim+1, cosines); err != nil {
			return err
		}
		for k := range order {
			order[k] = k
		}
		sort.SliceStable(order, func(a, b int) bool { return cosines[order[a]] < cosines[order[b]] })
		for _, k := range order[:topCount(patches)] {
			s.badMemory = append(append(s.badMemory, queries[k*(s.dim+1):][:s.dim]...), 0)
		}
	}
	return nil
}

// besides raises each distance by the amount that a bad reference is nearer than the
// nearest good one.
func (s *scale) besides(m Matcher, queries, distances, scratch []float32) error {
	if len(s.badMemory) == 0 {
		return nil
	}
	if err := m.MaxCosine(queries, s.badMemory, s.dim+1, scratch); err != nil {
		return err
	}
	for i, d := range distances {
		distances[i] = d + max(d-s.distance(scratch[i]), 0)
	}
	return nil
}

// distance returns the Euclidean distance of unit vectors with that cosine, which a
// bonus may have raised above 1.
func distance(cosine float32) float32 {
	return float32(math.Sqrt(max(2-2*float64(cosine), 0)))
}

// cell converts the index of a cell in one grid to the index of the cell at the same
// place in another grid of the same picture.
func cell(index int, from, to [2]int) int {
	row, column := index/from[1], index%from[1]
	return row*to[0]/from[0]*to[1] + column*to[1]/from[1]
}
