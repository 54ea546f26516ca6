package prompts

import (
	"math"
	"slices"
)

// leastLevelled is the smallest number of patches of a picture that is levelled. With
// fewer, a single defect would move their mean.
const leastLevelled = 100

// learnLevel sets the level of the scale: the mean of the good pictures' patches. Every
// picture is shifted to this level before it is compared, so that a change which all
// patches share, such as brighter light, does not count. With four references that
// gained 0.6 points of AUROC in the mean for the whole picture alone, on sets of photos
// and on rendered lots. The median gained as much. Normalising the spread of each
// dimension as well gained less (docs/benchmarks.md).
func (s *scale) learnLevel(good []*Observation) {
	s.level = nil
	if s.byCosine || s.patches() < leastLevelled {
		return
	}
	s.level = make([]float32, s.dim)
	mean := make([]float32, s.dim)
	for _, o := range good {
		features, _ := s.of(o)
		meanRow(mean, features, s.dim)
		for i, v := range mean {
			s.level[i] += v / float32(len(good))
		}
	}
}

// offset writes the shift from a picture's mean to the level. It is empty if the scale
// does not level pictures.
func (s *scale) offset(to, features []float32) []float32 {
	if s.level == nil {
		return to[:0]
	}
	to = grow(to, s.dim)
	meanRow(to, features, s.dim)
	for i, v := range to {
		to[i] = s.level[i] - v
	}
	return to
}

// levelled returns copies of good pictures whose patches, rotated ones included, are at
// the level of the scale. If the scale does not level pictures, it returns the pictures
// themselves.
func (s *scale) levelled(good []*Observation) []*Observation {
	if s.level == nil {
		return good
	}
	all := make([]*Observation, len(good))
	var by []float32
	for i, o := range good {
		features, _ := s.of(o)
		by = s.offset(by, features)
		copied := *o
		for _, v := range s.ownOf(&copied) {
			*v = slices.Clone(*v)
			move(*v, s.dim, s.dim, by)
		}
		all[i] = &copied
	}
	return all
}

// ownOf returns pointers to the features that the scale compares.
func (s *scale) ownOf(o *Observation) []*[]float32 {
	switch {
	case s.fine:
		return []*[]float32{&o.Fine, &o.FineTurned, &o.FineAngled}
	case len(o.Features) > 0:
		return []*[]float32{&o.Features, &o.Turned, &o.Angled}
	}
	return []*[]float32{&o.Tiles}
}

// meanRow writes the mean of the rows. There must be at least one.
func meanRow(to, rows []float32, dim int) {
	clear(to)
	for from := 0; from+dim <= len(rows); from += dim {
		for i, v := range rows[from : from+dim] {
			to[i] += v
		}
	}
	share := float32(dim) / float32(len(rows))
	for i := range to {
		to[i] *= share
	}
}

// move adds an offset to each row and normalises it. stride is the distance from one row
// to the next. Without an offset the rows do not change.
func move(rows []float32, dim, stride int, by []float32) {
	if len(by) == 0 {
		return
	}
	for from := 0; from+dim <= len(rows); from += stride {
		row := rows[from : from+dim]
		var squares float32
		for i, v := range by {
			row[i] += v
			squares += row[i] * row[i]
		}
		if squares == 0 {
			continue
		}
		length := float32(1 / math.Sqrt(float64(squares)))
		for i := range row {
			row[i] *= length
		}
	}
}
