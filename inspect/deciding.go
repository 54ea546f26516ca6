package inspect

import "slices"

// Decision is the score that decided a verdict, for comparison with the thresholds.
type Decision struct {
	Score  float64 // P(defect): for PASS and REVIEW the highest of the frames, for FAIL the value that N frames reached
	Agreed int     // frames with this verdict
	Of     int     // frames that were considered, at most M
}

// decision returns the score that decided the verdict of the frames in the window. A
// frame whose defect is for review only does not count for a FAIL, however high its
// score.
func (w *window) decision(v Verdict, r Reason, l Limits) Decision {
	d := Decision{Of: w.filled}
	w.sorted = w.sorted[:0]
	for _, s := range w.samples[:w.filled] {
		var agrees bool
		switch {
		case v == Review && r != ReasonUnknown:
			agrees = s.verdict != Pass && s.reason != ReasonUnknown
		default:
			agrees = s.verdict == v && (s.reason == ReasonUnknown) == (r == ReasonUnknown)
		}
		if agrees {
			d.Agreed++
		}
		if agrees || v != Fail {
			w.sorted = append(w.sorted, s.defect)
		}
	}
	if len(w.sorted) == 0 {
		return d
	}
	slices.Sort(w.sorted)
	d.Score = w.sorted[len(w.sorted)-1]
	if v == Fail {
		d.Score = w.sorted[max(len(w.sorted)-max(l.N, 1), 0)]
	}
	return d
}
