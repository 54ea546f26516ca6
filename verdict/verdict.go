package verdict

// Verdict is the answer about a part or a frame.
type Verdict string

// The four verdicts.
const (
	Pass    Verdict = "PASS"    // fit picture, score below the review threshold
	Review  Verdict = "REVIEW"  // a person must decide; Reason says why
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
	// ReasonInsensitive is for a score below the review threshold if a challenge
	// showed that the inspection misses defects of the size that matters.
	ReasonInsensitive Reason = "insensitive"
	ReasonAccepted    Reason = "accepted" // PASS at or above the review threshold: every place is within the set's size limits
	ReasonSeverity    Reason = "severity" // at or above the fail threshold, but mostly because of defects that are for review only
)

// Reasons of a station, for several frames and for frames that were not scored.
const (
	ReasonUnconfirmed Reason = "unconfirmed" // above fail, in fewer than N of M frames
	ReasonNoFrame     Reason = "no_frame"
	ReasonLate        Reason = "late" // the verdict came after the trigger's deadline
	ReasonModel       Reason = "model_not_ready"
	ReasonLearning    Reason = "learning" // the part was used for learning, or learning failed; the detail says which
)

// Reasons for which a picture is unfit to be scored.
const (
	ReasonDamaged     Reason = "damaged" // data was lost in transit, or decoding failed; the detail says why
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

// Severity is the severity of a defect, from its prompt set.
type Severity string

// The severities, from the mildest to the worst.
const (
	Minor    Severity = "minor"
	Major    Severity = "major"
	Critical Severity = "critical"
)

// Severities returns all severities, the mildest first.
func Severities() []Severity { return []Severity{Minor, Major, Critical} }

// Thresholds are values of P(defect) in [0, 1], with Review ≤ Fail.
type Thresholds struct {
	Review float64 `yaml:"review" json:"review"` // below it a part passes
	Fail   float64 `yaml:"fail" json:"fail"`     // at or above it a part fails
}

// Score is the input of Decide: the score of a frame or picture.
type Score struct {
	Defect      float64 // P(defect) in [0, 1]
	ReviewShare float64 // share of Defect, in [0, 1], that belongs to defects for review only
	Unknown     bool    // outside the domain of the model and the references
	Accepted    bool    // every place is within the size limits of its set
	Insensitive bool    // the inspection misses defects that matter: a low score is no evidence
}

// MayFail returns the part of P(defect) that belongs to defects that can fail a part.
func (s Score) MayFail() float64 { return s.Defect * (1 - s.ReviewShare) }

// Decide returns the verdict of one score. A defect for review only never contributes to
// a FAIL, and never changes a REVIEW to a PASS.
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
	default: // also if Defect is NaN, which must not pass
		return Review, ReasonBorderline
	}
}
