package prompts

import "fmt"

// P(defect) reaches the default thresholds, 0.4 and 0.6, at these distances above the
// mean of good pictures, in spreads: REVIEW begins where good pictures are still common,
// and FAIL where they are rare. A part that is not calibrated should be reviewed rather
// than passed. docs/detail.md lists the error rates for other values.
const (
	reviewSpreads = 0.75
	failSpreads   = 3
	halfSpreads   = (reviewSpreads + failSpreads) / 2          // P(defect) is 0.5
	steepness     = 2 * 0.4055 / (failSpreads - reviewSpreads) // logits per spread; 0.4055 is ln(0.6/0.4)
)

// probability returns P(defect) for a raw score.
func (r *References) probability(raw float64) float64 {
	return logistic(steepness * ((raw-r.center)/r.spread - halfSpreads))
}

// score computes the map and the score of a picture and adds the text score.
func (r *References) score(o *Observation, s *Scores, weight TextWeight) error {
	if err := r.takes(o); err != nil {
		return fmt.Errorf("score picture: %w", err)
	}
	for k := range r.scales {
		if err := r.measure(k, o, s); err != nil {
			return fmt.Errorf("score picture: %w", err)
		}
	}
	finest := r.finest()
	s.Map, s.MapGrid = grow(s.Map, finest.patches()), finest.grid
	r.join(s.Map, s.distances[:len(r.scales)]...)
	r.dimBackdrop(s.Map, s.backdrop)
	s.Reference = top(s.Map, &s.sorted)
	// Scores are added, not maps. With maps, a patch that only the text dislikes
	// would mask the references. A set that does not distinguish defects has no text
	// scale and adds nothing.
	s.Raw = s.Reference + r.text.adds(s.Text, weight)
	if r.text.std > 0 && s.textGrid == r.grid {
		for i := range s.Map {
			t := s.text[cell(i, finest.grid, s.textGrid)]
			s.Map[i] += float32(r.text.addsPatch(float64(t), weight))
		}
	}
	s.Defect = r.probability(s.Raw)
	return nil
}

// takes returns an error if an observation was not encoded for these references.
func (r *References) takes(o *Observation) error {
	features, grid := o.features()
	if grid != r.grid || len(features) != grid[0]*grid[1]*r.dim {
		return fmt.Errorf("its features have a grid of %v, the references %v: add the references again", grid, r.grid)
	}
	if r.detail == 1 {
		return nil
	}
	if f := r.finest(); o.Detail != r.detail || o.FineGrid != f.grid || len(o.Fine) != f.patches()*r.dim {
		return fmt.Errorf("it was encoded with detail: %d, the references need detail: %d: encode it for this set", max(o.Detail, 1), r.detail)
	}
	return nil
}

// measure writes the distances of the k-th scale.
func (r *References) measure(k int, o *Observation, s *Scores) error {
	from := &r.scales[k]
	features, _ := from.of(o)
	s.offsets[k] = from.offset(s.offsets[k], features)
	s.queries = from.queries(s.queries[:0], features, s.offsets[k])
	s.distances[k] = grow(s.distances[k], from.patches())
	distances := s.distances[k]
	if err := r.matcher.MaxCosine(s.queries, from.memory, from.dim+1, distances); err != nil {
		return err
	}
	for i, c := range distances {
		distances[i] = from.distance(c)
	}
	if k == 0 {
		var err error
		if s.backdrop, err = r.backdropOf(s.backdrop, s.queries); err != nil {
			return err
		}
		s.Unknown = s.Unknown || r.isForeign(distances, &s.sorted)
	}
	s.nearest = grow(s.nearest, from.patches())
	return from.addBadDistances(r.matcher, s.queries, distances, s.nearest)
}
