package prompts

import (
	"errors"
	"sort"
)

// ownShare is the share of a reference patch's squared distance from the other
// references that is subtracted from the squared distance of any patch that matches
// it: where good parts vary, a new part may vary, too. With four references it
// gained 1.3 points of AUROC in the mean on six sets of photos and 1.4 on twelve
// rendered lots. A quarter gained half of that. Three quarters cost a set of natural
// parts 3 points.
const ownShare = 0.5

// mostFine is the largest number of good references whose finer patches are kept in
// memory. Matching time grows with the memory.
const mostFine = 8

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
	if beside != uprightOnly {
		if more, err = s.turnedRows(m, good, chosen, asTheyLie, beside); err != nil {
			return nil, err
		}
	}
	size := s.patches() * (s.dim + 1)
	for at, i := range chosen {
		s.memory = append(s.memory, asTheyLie[at*size:(at+1)*size]...)
		s.owners[i] = s.patches()
		if beside != uprightOnly {
			s.memory = append(s.memory, more[at]...)
			s.owners[i] += len(more[at]) / (s.dim + 1)
		}
	}
	return s.leaveOneOut(m, good)
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
			others = append(append(others, features...), s.posePatches(good[i], beside)...)
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

// leaveOneOut returns the leave-one-out distance of each patch: to the nearest patch in
// memory of another picture.
func (s *scale) leaveOneOut(m Matcher, good []*Observation) ([]float32, error) {
	patches := s.patches()
	if len(good) == 1 {
		return s.halfDistances(m, good[0])
	}
	distances := make([]float32, len(good)*patches)
	cosines := make([]float32, patches)
	from := 0
	for i, o := range good {
		features, _ := s.of(o)
		queries := rows(nil, features, s.dim, queryColumn)
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

// halfDistances returns the distance of each patch of a single reference to the nearest
// patch of its other half. Rotations are ignored: rotated, one half of a round part
// is the other half.
func (s *scale) halfDistances(m Matcher, o *Observation) ([]float32, error) {
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
