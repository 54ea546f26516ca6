package inspect

import "slices"

// Decision is the number that a verdict was decided by, as it stands beside the
// thresholds.
type Decision struct {
	Score  float64 // P(defect): of PASS and REVIEW the highest of the frames, of FAIL what N frames reached
	Agreed int     // frames that say so by themselves
	Of     int     // frames that were looked at: at most M
}

// decision returns what the verdict of the frames in the window was decided by. A
// frame whose defect is for review only says nothing about a FAIL, however high
// its score.
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
