package prompts

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// fit computes the leave-one-out map and score of each good reference, and from them the
// scales for new pictures. A single reference is compared with itself: each half with
// the other.
func (r *References) fit(b *Bank) (*References, error) {
	f := *r
	f.good = f.Len()
	distances, sure, err := f.fitScales(b.Set)
	if err != nil {
		return nil, fmt.Errorf("fit references: %w", err)
	}
	f.hash = f.hashOf(f.turned, f.angled, f.detail, b.Set.TextWeight, b.Set.Matching)
	texts := make([]float64, f.good) // Scores.Text of each
	f.text = textScale{}
	if b.separatesDefects && b.Set.TextWeight != 0 {
		f.fitText(b, texts)
	}
	joined := make([]float32, f.finest().patches())
	own, scores := make([][]float32, len(f.scales)), make([]float32, f.good)
	var scratch []float32
	for i := range f.good {
		for k := range f.scales {
			patches := f.scales[k].patches()
			own[k] = distances[k][i*patches:][:patches]
		}
		f.join(joined, own...)
		f.dimBackdrop(joined, f.backdropOfGood(sure, i))
		scores[i] = float32(top(joined, &scratch) + f.textBesideOthers(texts, i, b.Set.TextWeight))
	}
	f.setGood(scores, f.unseen())
	return &f, nil
}

// goodOnes returns the observations of the good pictures.
func (r *References) goodOnes() []*Observation {
	var good []*Observation
	for i := range r.pictures {
		if p := &r.pictures[i]; !p.Bad {
			good = append(good, &p.Seen)
		}
	}
	return good
}

// fitScales makes the scales in use. It returns the leave-one-out distances of each good
// picture's patches, by scale, and the confidence that each of them shows the backdrop.
func (r *References) fitScales(set *Set) (distances [][]float32, sure []float32, err error) {
	good := r.goodOnes()
	if len(good) == 0 {
		return nil, nil, errors.New("there are none: add at least one good picture")
	}
	if r.angled, err = r.AnglesInUse(set.Turned); err != nil {
		return nil, nil, err
	}
	if r.turned, err = r.TurnedInUse(set.Turned); err != nil && !r.angled {
		return nil, nil, err
	}
	r.turned = r.turned || r.angled
	if r.detail, err = r.detailFor(set.Detail); err != nil {
		return nil, nil, err
	}
	byCosine := set.Matching == MatchingNearest
	r.scales = []scale{{byCosine: byCosine, grid: r.grid, dim: r.dim, weight: 1}}
	if r.detail > 1 {
		r.scales = append(r.scales, scale{fine: true, byCosine: byCosine, grid: good[0].FineGrid, dim: r.dim, weight: float64(min(len(good), fineWeight))})
	}
	distances = make([][]float32, len(r.scales))
	for k := range r.scales {
		s := &r.scales[k]
		s.learnLevel(good)
		good := s.levelled(good)
		if k == 0 {
			if r.backdrop, sure, err = s.learnBackdrop(r.matcher, good); err != nil {
				return nil, nil, err
			}
		}
		if distances[k], err = s.learn(r.matcher, good, s.posesInUse(good, r.turned, r.angled)); err != nil {
			return nil, nil, err
		}
		if err := s.learnBad(r.matcher, r.pictures); err != nil {
			return nil, nil, err
		}
		if err := s.addOwnBadDistances(r.matcher, good, distances[k]); err != nil {
			return nil, nil, err
		}
		s.mean, s.std = moments(distances[k])
	}
	return distances, sure, nil
}

// turns reports whether all pictures have the quarter turns that the scale compares.
func (s *scale) turns(good []*Observation) bool {
	for _, o := range good {
		if len(s.turnedOf(o)) == 0 {
			return false
		}
	}
	return true
}

// addOwnBadDistances raises the leave-one-out distances of the good references by the
// bad ones, as addBadDistances does for a new picture. It leaves a single picture as it
// is.
func (s *scale) addOwnBadDistances(m Matcher, good []*Observation, distances []float32) error {
	if len(good) == 1 || len(s.badMemory) == 0 {
		return nil
	}
	scratch := make([]float32, s.patches())
	for i, o := range good {
		features, _ := s.of(o)
		if err := s.addBadDistances(m, rows(nil, features, s.dim, queryColumn), distances[i*s.patches():][:s.patches()], scratch); err != nil {
			return err
		}
	}
	return nil
}

// finest returns the scale whose grid the joined map has.
func (r *References) finest() *scale { return &r.scales[len(r.scales)-1] }

// join writes the weighted mean of the scales' maps, in standard deviations of good
// patches. It joins maps, not scores: a defect is in the same place at each scale, while
// the variation of good parts is not.
func (r *References) join(to []float32, distances ...[]float32) {
	grid, weights := r.finest().grid, 0.0
	for k := range r.scales {
		weights += r.scales[k].weight
	}
	for i := range to {
		sum := 0.0
		for k := range r.scales {
			s := &r.scales[k]
			sum += s.weight * s.z(distances[k][cell(i, grid, s.grid)])
		}
		to[i] = float32(sum / weights)
	}
}

// zero returns by how much a distance of zero is below the mean, in the units of the
// joined map.
func (r *References) zero() float64 {
	sum, weights := 0.0, 0.0
	for k := range r.scales {
		s := &r.scales[k]
		sum, weights = sum+s.weight*s.mean/s.std, weights+s.weight
	}
	return sum / weights
}

// fitText sets the scale of the text score, and writes the text score of each good
// reference to scores.
func (r *References) fitText(b *Bank, scores []float64) {
	var maps []float32
	var s Scores
	pictures := 0.0
	for i, o := range r.goodOnes() {
		s.text, s.textGrid = s.text[:0], [2]int{}
		b.textMap(o, &s)
		b.tileMap(o, &s)
		maps = append(maps, s.text...)
		picture := b.pictureText(o)
		pictures += picture / float64(r.good)
		scores[i] = picture
		if len(s.text) > 0 {
			scores[i] += top(s.text, &s.sorted)
		}
	}
	if len(maps) > 0 {
		mean, std := moments(maps)
		r.text = textScale{mean: mean, std: std, center: mean + pictures, most: slices.Max(scores), mostPatch: float64(slices.Max(maps))}
	}
}

// textBesideOthers returns the leave-one-out contribution of the text score of the i-th
// good reference.
func (r *References) textBesideOthers(texts []float64, i int, weight TextWeight) float64 {
	others := r.text
	if len(texts) > 1 {
		others.most = math.Inf(-1)
		for k, t := range texts {
			if k != i {
				others.most = max(others.most, t)
			}
		}
	}
	return others.adds(texts[i], weight)
}

func moments(v []float32) (mean, std float64) {
	for _, x := range v {
		mean += float64(x)
	}
	mean /= float64(len(v))
	for _, x := range v {
		std += (float64(x) - mean) * (float64(x) - mean)
	}
	return mean, max(math.Sqrt(std/float64(len(v))), 1e-6)
}
