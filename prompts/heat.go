package prompts

import "math"

// HeatScale returns the two ends of the colour scale of every map, in the units of
// Scores.Raw. Good pictures are at usual, which is drawn transparent. P(defect) equals
// the fail threshold at fail, which is drawn as full heat. Without references the score
// of good pictures is unknown; usual is then where P(defect) is half the review
// threshold.
func (b *Bank) HeatScale() (usual, fail float64) {
	fail = b.rawAt(b.Set.Thresholds.Fail)
	if b.references != nil {
		usual = b.references.center
	}
	if b.references == nil || !(usual < fail) { // the thresholds are below usual
		usual = b.rawAt(b.Set.Thresholds.Review / 2)
	}
	return usual, max(fail, usual+1e-6)
}

// rawAt returns the raw score for a value of P(defect).
func (b *Bank) rawAt(p float64) float64 {
	const most = 0.9999 // a threshold of 1 is never reached
	p = min(max(p, 1-most), most)
	logit := math.Log(p / (1 - p))
	switch {
	case b.calibrated && b.Set.Calibration.Slope > 0:
		return (logit - b.Set.Calibration.Offset) / b.Set.Calibration.Slope
	case b.references != nil:
		return b.references.center + b.references.spread*(logit/steepness+halfSpreads)
	}
	_, scale := b.scales()
	return logit / scale
}

// Heat appends the map of scores to levels, on HeatScale: 0 is usual for good pictures,
// 1 is FAIL, and all levels are in [0, 1]. The levels are shifted so that their top
// share has the level of the picture's score. None of them exceeds that level, so that a
// map never looks worse than the verdict. Without a map Heat appends nothing.
func (b *Bank) Heat(s *Scores, levels []float32) []float32 {
	if len(s.Map) == 0 {
		return levels
	}
	usual, fail := b.HeatScale()
	level := func(raw float64) float64 { return min(max((raw-usual)/(fail-usual), 0), 1) }
	var scratch []float32
	shift := s.Raw - float64(top(s.Map, &scratch))
	most := level(s.Raw)
	for _, v := range s.Map {
		l := min(level(float64(v)+shift), most)
		if math.IsNaN(l) {
			l = 1
		}
		levels = append(levels, float32(l))
	}
	return levels
}
