package verdict

// Verdict is the answer about a part or a frame.
type Verdict string

// The four verdicts.
const (
	Pass    Verdict = "PASS"    // fit picture, score below the review threshold
	Review  Verdict = "REVIEW"  // for a person: Reason says why
	Fail    Verdict = "FAIL"    // at or above the fail threshold
	Invalid Verdict = "INVALID" // the answer cannot be trusted; Reason says why
)

// Reason says why a verdict is not a plain PASS or FAIL.
type Reason string

// Reasons that Decide returns.
const (
	ReasonNone       Reason = ""
	ReasonUnknown    Reason = "unknown"    // outside the domain of the model and the references
	ReasonBorderline Reason = "borderline" // between the review and the fail threshold
	// ReasonInsensitive is that of a score below the review threshold where the
	// inspection was found not to see planted defects of the size that matters.
	ReasonInsensitive Reason = "insensitive"
	ReasonAccepted    Reason = "accepted" // of a PASS: at or above the review threshold, but every place is within the set's limits of size
	ReasonSeverity    Reason = "severity" // at or above the fail threshold, but too little of P(defect) belongs to defects that may fail a part
)

// Reasons of a station: of several frames, and of frames that were not scored.
const (
	ReasonUnconfirmed Reason = "unconfirmed" // above fail, in fewer than N of M frames
	ReasonNoFrame     Reason = "no_frame"
	ReasonLate        Reason = "late" // the verdict came after the trigger's deadline
	ReasonModel       Reason = "model_not_ready"
	ReasonLearning    Reason = "learning" // the part was learned from, or learning failed; the detail says which
)

// Reasons for which a picture is unfit to be scored.
const (
	ReasonDamaged     Reason = "damaged" // data was lost on the way, or it cannot be decoded; the detail says why
	ReasonWrongSize   Reason = "wrong_size"
	ReasonFrozen      Reason = "frozen"
	ReasonStale       Reason = "stale"
	ReasonBlack       Reason = "black"
	ReasonOverexposed Reason = "overexposed"
	ReasonBlurred     Reason = "blurred"
	ReasonMoved       Reason = "moved"
	ReasonLight       Reason = "light"
	ReasonBanding     Reason = "banding"
	ReasonColourOrder Reason = "colour_order"
)

// Severity is how bad a defect is, as its prompt set says.
type Severity string

// The severities, from the mildest to the worst.
const (
	Minor    Severity = "minor"
	Major    Severity = "major"
	Critical Severity = "critical"
)

// Severities returns all severities, the mildest first.
func Severities() []Severity { return []Severity{Minor, Major, Critical} }

// Thresholds are P(defect) in [0, 1], Review ≤ Fail.
type Thresholds struct {
	Review float64 `yaml:"review" json:"review"` // below it a part passes
	Fail   float64 `yaml:"fail" json:"fail"`     // at or above it a part fails
}

// Score is what a frame or picture scored.
type Score struct {
	Defect      float64 // P(defect) in [0, 1]
	ReviewShare float64 // share of Defect, in [0, 1], that belongs to defects which never fail a part; 0 where all may
	Unknown     bool    // outside the domain of the model and the references
	Accepted    bool    // every place that is unlike a good part is within the limits of size that its set accepts
	Insensitive bool    // what gave the score does not see the defects that matter: a low score says nothing
}

// MayFail returns the part of P(defect) that belongs to defects which may fail
// a part.
func (s Score) MayFail() float64 { return s.Defect * (1 - s.ReviewShare) }

// Decide returns the verdict of one score. A defect whose severity is for
// review never adds to a FAIL, and never takes a part from REVIEW to PASS.
func Decide(s Score, t Thresholds) (Verdict, Reason) {
	switch {
	case s.Unknown:
		return Review, ReasonUnknown
	case s.Defect < t.Review && s.Insensitive:
		return Review, ReasonInsensitive
	case s.Defect < t.Review:
		return Pass, ReasonNone
	case s.Accepted && !s.Insensitive && s.Defect >= t.Review:
		return Pass, ReasonAccepted
	case s.MayFail() >= t.Fail:
		return Fail, ReasonNone
	case s.Defect >= t.Fail:
		return Review, ReasonSeverity
	default: // also where Defect is not a number: that must not pass
		return Review, ReasonBorderline
	}
}
