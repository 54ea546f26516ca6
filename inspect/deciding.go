package inspect

import "slices"

// Decision is the number that a verdict was decided by, as it stands beside the
// thresholds.
type Decision struct {
	Score  float64 // P(defect): of PASS and REVIEW the highest of the frames, of FAIL what N frames reached
	Agreed int     // frames that say so by themselves
	Of     int     // frames that were looked at: at most M
}

// decision returns what the verdict of the frames in the window was decided by.
func (w *window) decision(v Verdict, r Reason, l Limits) Decision {
	d := Decision{Of: w.filled}
	w.sorted = w.sorted[:0]
	for _, s := range w.samples[:w.filled] {
		w.sorted = append(w.sorted, s.defect)
		var agrees bool
		switch {
		case v == Fail:
			agrees = !s.unknown && s.defect >= s.thresholds.Fail
		case r == ReasonUnknown:
			agrees = s.unknown
		case v == Review:
			agrees = !s.unknown && s.defect >= s.thresholds.Review
		default:
			agrees = !s.unknown && s.defect < s.thresholds.Review
		}
		if agrees {
			d.Agreed++
		}
	}
	if w.filled == 0 {
		return d
	}
	slices.Sort(w.sorted)
	d.Score = w.sorted[w.filled-1]
	if v == Fail {
		d.Score = w.sorted[w.filled-min(max(l.N, 1), w.filled)]
	}
	return d
}
