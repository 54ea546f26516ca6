package prompts

import "math"

// HeatScale returns the two ends of the one scale on which every map is drawn, in
// the units of Scores.Raw: usual is where good pictures lie, which is drawn as
// nothing, and fail where P(defect) reaches the fail threshold, which is drawn as
// full heat. Without references it is not known where good pictures lie: then
// usual is where P(defect) is half the review threshold.
func (b *Bank) HeatScale() (usual, fail float64) {
	fail = b.rawAt(b.Set.Thresholds.Fail)
	if b.references != nil {
		usual = b.references.center
	}
	if b.references == nil || !(usual < fail) { // thresholds below what is usual
		usual = b.rawAt(b.Set.Thresholds.Review / 2)
	}
	return usual, max(fail, usual+1e-6)
}

// rawAt returns the raw score at which P(defect) has a value.
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

// Heat appends the map of scores in levels of HeatScale to levels: 0 is usual for
// good pictures, 1 is FAIL; all lie in [0, 1]. The highest share of the levels has
// the mean of the picture's own, and none is above that of a picture that does not
// FAIL: a map never looks worse than the verdict. Without a map there are none.
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
