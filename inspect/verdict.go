package inspect

import (
	"time"

	"pristine/prompts"
	"pristine/verdict"
)

// Verdict is the answer about a part or a frame.
type Verdict = verdict.Verdict

// The four verdicts of a station.
const (
	Pass    = verdict.Pass
	Review  = verdict.Review
	Fail    = verdict.Fail // at or above the fail threshold in N of M frames
	Invalid = verdict.Invalid
)

// Reason names why a verdict is not a plain PASS or FAIL.
type Reason = verdict.Reason

// Reasons of INVALID and REVIEW verdicts.
const (
	ReasonNone        = verdict.ReasonNone
	ReasonUnknown     = verdict.ReasonUnknown
	ReasonBorderline  = verdict.ReasonBorderline
	ReasonSeverity    = verdict.ReasonSeverity
	ReasonInsensitive = verdict.ReasonInsensitive
	ReasonAccepted    = verdict.ReasonAccepted
	ReasonUnconfirmed = verdict.ReasonUnconfirmed
	ReasonNoFrame     = verdict.ReasonNoFrame
	ReasonLate        = verdict.ReasonLate
	ReasonModel       = verdict.ReasonModel
	ReasonLearning    = verdict.ReasonLearning
	ReasonDamaged     = verdict.ReasonDamaged
	ReasonWrongSize   = verdict.ReasonWrongSize
	ReasonFrozen      = verdict.ReasonFrozen
	ReasonStale       = verdict.ReasonStale
	ReasonBlack       = verdict.ReasonBlack
	ReasonOverexposed = verdict.ReasonOverexposed
	ReasonBlurred     = verdict.ReasonBlurred
	ReasonMoved       = verdict.ReasonMoved
	ReasonLight       = verdict.ReasonLight
	ReasonBanding     = verdict.ReasonBanding
	ReasonColourOrder = verdict.ReasonColourOrder
)

// Limits are the thresholds of a score, and the number of frames that must agree.
type Limits struct {
	Review, Fail float64 // P(defect) in [0, 1], Review ≤ Fail
	N, M         int     // FAIL needs N of the last M fit frames, 1 ≤ N ≤ M
	HoldOff      time.Duration
}

// sample is one frame's verdict by the thresholds of the set that scored it. Sets may be
// swapped while a part is in view.
type sample struct {
	verdict Verdict
	reason  Reason
	defect  float64 // P(defect)
}

func newSample(s *prompts.Scores, t prompts.Thresholds) sample {
	v, reason := verdict.Decide(s.Judged(), t)
	return sample{v, reason, s.Defect}
}

// window holds the last M fit frames of a part, or of a camera without parts.
type window struct {
	samples []sample // ring of M
	next    int
	filled  int
	sorted  []float64 // scratch of decision
}

func newWindow(m int) *window {
	return &window{samples: make([]sample, max(m, 1)), sorted: make([]float64, 0, max(m, 1))}
}

func (w *window) reset() { w.next, w.filled = 0, 0 }

func (w *window) add(s sample) {
	w.samples[w.next] = s
	w.next = (w.next + 1) % len(w.samples)
	w.filled = min(w.filled+1, len(w.samples))
}

// decide returns the verdict of the frames in the window. If the window has fewer than N
// frames, all of them must show the defect.
func (w *window) decide(l Limits) (Verdict, Reason) {
	if w.filled == 0 {
		return Invalid, ReasonNoFrame
	}
	failing, severe, borderline, unknown, insensitive, accepted := 0, 0, 0, 0, 0, 0
	for _, s := range w.samples[:w.filled] {
		switch {
		case s.verdict == Fail:
			failing++
		case s.reason == ReasonUnknown:
			unknown++
		case s.reason == ReasonSeverity:
			severe++
		case s.reason == ReasonBorderline:
			borderline++
		case s.reason == ReasonInsensitive:
			insensitive++
		case s.reason == ReasonAccepted:
			accepted++
		}
	}
	switch {
	case failing >= min(max(l.N, 1), w.filled):
		return Fail, ReasonNone
	case unknown*2 > w.filled:
		return Review, ReasonUnknown
	case failing > 0:
		return Review, ReasonUnconfirmed
	case severe > 0:
		return Review, ReasonSeverity
	case borderline > 0:
		return Review, ReasonBorderline
	case unknown > 0:
		return Review, ReasonUnknown
	case insensitive > 0:
		return Review, ReasonInsensitive
	case accepted > 0:
		return Pass, ReasonAccepted
	default:
		return Pass, ReasonNone
	}
}
