package inspect

import (
	"time"

	"pristine/prompts"
)

// Verdict is what a station says of a part or a frame.
type Verdict string

// The four verdicts of a station.
const (
	Pass    Verdict = "PASS"    // fit picture, score below the review threshold
	Review  Verdict = "REVIEW"  // between the thresholds, or unknown to the model
	Fail    Verdict = "FAIL"    // at or above the fail threshold in N of M frames
	Invalid Verdict = "INVALID" // the answer cannot be trusted; Reason says why
)

// Reason names why a verdict is not a plain PASS or FAIL.
type Reason string

// Reasons of INVALID and REVIEW verdicts.
const (
	ReasonNone        Reason = ""
	ReasonBlack       Reason = "black"
	ReasonOverexposed Reason = "overexposed"
	ReasonFrozen      Reason = "frozen"
	ReasonWrongSize   Reason = "wrong_size"
	ReasonStale       Reason = "stale"
	ReasonBlurred     Reason = "blurred"
	ReasonMoved       Reason = "moved"
	ReasonLight       Reason = "light"
	ReasonBanding     Reason = "banding"
	ReasonColourOrder Reason = "colour_order"
	ReasonNoFrame     Reason = "no_frame"
	ReasonLate        Reason = "late" // the verdict came after the trigger's deadline
	ReasonModel       Reason = "model_not_ready"
	ReasonLearning    Reason = "learning"    // the part was learned from, or learning failed; Detail says which
	ReasonBorderline  Reason = "borderline"  // between review and fail
	ReasonUnconfirmed Reason = "unconfirmed" // above fail, in fewer than N of M frames
	ReasonUnknown     Reason = "unknown"     // out of the model's and the references' domain
)

// Limits are the thresholds that a score is held against, and how many frames
// must agree.
type Limits struct {
	Review, Fail float64 // P(defect) in [0, 1], Review ≤ Fail
	N, M         int     // FAIL needs N of the last M fit frames, 1 ≤ N ≤ M
	HoldOff      time.Duration
}

// sample is one frame's contribution to a verdict, with the thresholds of the
// set that scored it: a part may be in view while sets are swapped.
type sample struct {
	defect     float64
	unknown    bool
	thresholds prompts.Thresholds
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

// decide gives the verdict of the frames in the window. A part of which fewer
// than N frames were seen must show the defect in all of them.
func (w *window) decide(l Limits) (Verdict, Reason) {
	if w.filled == 0 {
		return Invalid, ReasonNoFrame
	}
	failing, review, unknown := 0, 0, 0
	for _, s := range w.samples[:w.filled] {
		switch {
		case s.unknown:
			unknown++
		case s.defect >= s.thresholds.Fail:
			failing++
		case s.defect >= s.thresholds.Review:
			review++
		}
	}
	switch {
	case failing >= min(max(l.N, 1), w.filled):
		return Fail, ReasonNone
	case unknown*2 > w.filled:
		return Review, ReasonUnknown
	case failing > 0:
		return Review, ReasonUnconfirmed
	case review > 0:
		return Review, ReasonBorderline
	case unknown > 0:
		return Review, ReasonUnknown
	default:
		return Pass, ReasonNone
	}
}
