package prompts

import "fmt"

// P(defect) is a half at sigmas spreads above the mean of good pictures, and
// moves from 0.4 to 0.6, the default thresholds, within a spread either side:
// REVIEW begins at one spread, where good pictures are still common, FAIL at
// three, where they are rare. What is not calibrated is to be looked at, not
// passed.
const (
	sigmas    = 2
	steepness = 0.405 // ln(0.6/0.4) a spread
)

func (r *References) featureZ(d float32) float64 { return (float64(d) - r.featureMean) / r.featureStd }

// probability is P(defect) of a raw score.
func (r *References) probability(raw float64) float64 {
	return logistic(steepness * ((raw-r.center)/r.spread - sigmas))
}

// textZ is 0 where there is no text to scale.
func (r *References) textZ(t, center float64) float64 {
	if r.textStd == 0 {
		return 0
	}
	return (t - center) / r.textStd
}

// score adds the text score to the distances from the references.
func (r *References) score(o *Observation, s *Scores, weight float64) error {
	n := r.grid[0] * r.grid[1]
	features, grid := o.features()
	if grid != r.grid || len(features) != n*r.dim {
		return fmt.Errorf("score picture: its features have a grid of %v, the references %v: make the references again", grid, r.grid)
	}
	s.nearest = grow(s.nearest, n)
	if err := r.matcher.MaxCosine(features, r.memory, r.dim, s.nearest); err != nil {
		return fmt.Errorf("score picture: %w", err)
	}
	for i, c := range s.nearest {
		s.nearest[i] = distance(c)
	}
	s.Unknown = s.Unknown || r.isForeign(s.nearest, &s.sorted)
	if err := r.scoreBad(features, s); err != nil {
		return fmt.Errorf("score picture: %w", err)
	}
	s.Map, s.MapGrid = grow(s.Map, n), r.grid
	for i, d := range s.nearest {
		s.Map[i] = float32(r.featureZ(d))
	}
	s.Reference = top(s.Map, &s.sorted)
	// Scores are added, not maps: with maps a patch that the text alone
	// dislikes drowns what the references know. A set that says nothing about
	// the condition got no scale from fit and adds nothing.
	s.Raw = s.Reference + weight*r.textZ(s.Text, r.textCenter)
	if r.textStd > 0 && s.textGrid == r.grid {
		for i, t := range s.text {
			s.Map[i] += float32(weight * r.textZ(float64(t), r.textMean))
		}
	}
	s.Defect = r.probability(s.Raw)
	return nil
}

func (r *References) scoreBad(features []float32, s *Scores) error {
	if len(r.badMemory) == 0 {
		return nil
	}
	s.bad = grow(s.bad, len(s.nearest))
	if err := r.matcher.MaxCosine(features, r.badMemory, r.dim, s.bad); err != nil {
		return err
	}
	for i, d := range s.nearest {
		s.nearest[i] = besideBad(d, s.bad[i])
	}
	return nil
}
