package prompts

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// pictureWeight is the weight of the whole picture's text score when it is added to
// the top share of the map. With the built-in model, either of the two alone ranks
// worse on most sets.
const pictureWeight = 0.5

// topShare is the share of patches whose mean is the score of a map. A defect that
// covers this share of the picture counts in full.
const topShare = 0.01

// errDamaged is returned when the model's output is not finite.
var errDamaged = errors.New("score picture: the model's output is not finite: set model.providers to [cpu]; if it stays so, replace the bundle")

// Score scores an observation. It does not keep the observation.
func (b *Bank) Score(o *Observation, s *Scores) error {
	if o.Bundle != b.bundle.Hash {
		return fmt.Errorf("score picture: %w (picture %.12s, prompts %.12s)", ErrBundle, o.Bundle, b.bundle.Hash)
	}
	if err := o.check(b.bundle.Dim); err != nil {
		return fmt.Errorf("score picture: %w", err)
	}
	if o.TileGrid[0] != b.Set.Tiles {
		return fmt.Errorf("score picture: it was encoded with tiles: %d, the set has tiles: %d: encode it for this set", o.TileGrid[0], b.Set.Tiles)
	}
	b.softmax(o, s)
	b.textMap(o, s)
	b.tileMap(o, s)
	s.Text = b.pictureText(o)
	if len(s.text) > 0 {
		s.Text += top(s.text, &s.sorted)
	}
	if math.IsNaN(s.Text) || math.IsInf(s.Text, 0) {
		return errDamaged
	}
	s.Unknown, s.Insensitive = !b.separatesDefects, b.sensitivity.Insensitive
	if b.references == nil {
		s.Raw, s.Reference = s.Text, 0
		s.Map, s.MapGrid = append(s.Map[:0], s.text...), s.textGrid
		_, scale := b.scales()
		s.Defect = logistic(s.Text * scale)
	} else if err := b.scoreReferences(o, s); err != nil {
		return err
	}
	switch {
	case b.calibrated:
		s.Defect = b.Set.Calibration.Probability(s.Raw)
	case b.references != nil && b.references.good == 1 && !b.references.spreadKnown:
		// One picture does not show how good parts vary: nothing passes by it.
		s.Defect = max(s.Defect, b.Set.Thresholds.Review)
	}
	if math.IsNaN(s.Defect) || math.IsNaN(s.Raw) {
		return errDamaged
	}
	s.Margin = math.Abs(s.Defect - b.Set.Thresholds.Fail)
	b.name(o, s)
	b.places(o, s)
	b.setName(o, s)
	return nil
}

func (b *Bank) scoreReferences(o *Observation, s *Scores) error {
	if err := b.references.score(o, s, b.Set.TextWeight); err != nil || s.Unknown {
		return err
	}
	var err error
	s.Unknown, err = b.references.lacks(o, s)
	return err
}

func (b *Bank) softmax(o *Observation, s *Scores) {
	s.Classes = s.Classes[:0]
	scale, _ := b.scales()
	highest := math.Inf(-1)
	for i := range b.classes {
		c := &b.classes[i]
		logit := c.logit(o.Embedding, scale)
		highest = max(highest, logit)
		s.Classes = append(s.Classes, ClassScore{c.name, c.kind, logit})
	}
	sum := 0.0
	for i := range s.Classes {
		s.Classes[i].Probability = math.Exp(s.Classes[i].Probability - highest)
		sum += s.Classes[i].Probability
	}
	for i := range s.Classes {
		s.Classes[i].Probability /= sum
	}
}

// textMap writes, for each patch, how much nearer it is to the defects than to
// pristine and to the lookalikes.
func (b *Bank) textMap(o *Observation, s *Scores) {
	n := o.PatchGrid[0] * o.PatchGrid[1]
	s.text, s.textGrid = grow(s.text, n), o.PatchGrid
	for i := range n {
		s.text[i] = b.patchText(o.Patches[i*b.bundle.Dim:][:b.bundle.Dim])
	}
}

// pictureText returns the whole picture's contribution to the text score.
func (b *Bank) pictureText(o *Observation) float64 {
	return pictureWeight * float64(dot(o.Embedding, b.direction))
}

func (b *Bank) patchText(patch []float32) float32 {
	v := dot(patch, b.direction)
	for k := range b.classes {
		if b.classes[k].kind == Lookalike {
			v = min(v, v-dot(patch, b.classes[k].direction))
		}
	}
	return v
}

// name finds the likeliest defect, and the share of defects for review only, at the
// worst patch or tile, or in the whole picture if there are neither. Both come from
// one softmax, so that they never contradict each other.
func (b *Bank) name(o *Observation, s *Scores) {
	place, scale := b.worst(o, s)
	s.Top, s.Severity = "", ""
	best := math.Inf(-1)
	for i := range b.classes {
		if c := &b.classes[i]; c.kind == Defect {
			if v := c.logit(place, scale); v > best {
				s.Top, s.Severity, best = c.name, c.severity, v
			}
		}
	}
	s.ReviewShare, s.topShare = b.reviewShare(place, scale), b.shareOf(best, place, scale)
}

// shareOf returns the share of the highest logit in the softmax over the defects.
func (b *Bank) shareOf(highest float64, place []float32, scale float64) float64 {
	sum := 0.0
	for i := range b.classes {
		if c := &b.classes[i]; c.kind == Defect {
			sum += math.Exp(c.logit(place, scale) - highest)
		}
	}
	return 1 / sum
}

// worst returns the embedding where the map is highest, and its logit scale.
func (b *Bank) worst(o *Observation, s *Scores) (place []float32, scale float64) {
	if len(s.Map) == 0 {
		picture, _ := b.scales()
		return o.Embedding, picture
	}
	worst := 0
	for i, v := range s.Map {
		if v > s.Map[worst] {
			worst = i
		}
	}
	return b.embeddingAt(o, s, worst)
}

// embeddingAt returns the embedding of a cell of the map, and its logit scale.
func (b *Bank) embeddingAt(o *Observation, s *Scores, at int) (place []float32, scale float64) {
	picture, patch := b.scales()
	switch {
	case len(o.Patches) > 0 && (s.MapGrid == o.PatchGrid || b.Detail() > 1):
		return o.Patches[cell(at, s.MapGrid, o.PatchGrid)*b.bundle.Dim:][:b.bundle.Dim], patch
	case len(o.Tiles) > 0 && len(o.Patches) == 0:
		n := o.TileGrid[0]
		row, column := min(at/s.MapGrid[1], n-1), min(at%s.MapGrid[1], n-1)
		if ofTiles := s.MapGrid[0] == n || s.MapGrid[0] == n+1; !ofTiles { // of patch features
			tile := cell(at, s.MapGrid, o.TileGrid)
			row, column = tile/n, tile%n
		}
		return o.Tiles[(row*n+column)*b.bundle.Dim:][:b.bundle.Dim], picture
	}
	return o.Embedding, picture
}

// top returns the mean of the topShare highest values, of at least one. It returns
// NaN if any value is not finite, which sorting would hide.
func top(values []float32, scratch *[]float32) float64 {
	for _, v := range values {
		if v-v != 0 {
			return math.NaN()
		}
	}
	*scratch = append((*scratch)[:0], values...)
	slices.Sort(*scratch)
	n := topCount(len(values))
	sum := 0.0
	for _, v := range (*scratch)[len(*scratch)-n:] {
		sum += float64(v)
	}
	return sum / float64(n)
}

// topCount returns how many of n values top averages.
func topCount(n int) int { return max(int(topShare*float64(n)), 1) }

func grow(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
