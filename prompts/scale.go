package prompts

import (
	"math"
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

// fineWeight is the weight of the finer map relative to the whole picture's.
// Weights of 1, 2 and 3 differ by at most 0.5 points in the mean on photos and lots.
// A single reference says too little about finer patches, so its weight is 1.
const fineWeight = 2

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
	to = rows(to, features, s.dim, queryColumn)
	move(to[from:], s.dim, s.dim+1, by)
	return to
}

// queryColumn returns the number that follows each feature of a query.
func queryColumn(int) float32 { return 1 }

// addBadDistances raises each distance by the amount that a bad reference is nearer than the
// nearest good one.
func (s *scale) addBadDistances(m Matcher, queries, distances, scratch []float32) error {
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
