package inspect

import (
	"time"

	"pristine/capture"
	"pristine/prompts"
	"pristine/verdict"
)

// Result is one verdict with its causes.
type Result struct {
	Camera    string
	Part      string // "" if the source does not know parts
	Verdict   Verdict
	Reason    Reason
	Decision  Decision       // zero if nothing was scored
	Detail    string         // text that explains Reason; may be empty
	Frames    int            // frames of the part that were scored
	Frame     *capture.Frame // the deciding frame: the one with the highest score; nil if there was none
	Scores    *prompts.Scores
	Embedding []float32     // of the deciding frame, unit; nil without scores
	Scorer    Scorer        // of the deciding frame; nil if none was scored
	Limits    Limits        // with the thresholds of Scorer
	Standing                // of Scorer, or of the live set if nothing was scored
	Compared  Verdict       // verdict of the shadow set; "" without one
	Health    time.Duration // duration of the health checks of the deciding frame
	Encode    time.Duration
	Score     time.Duration
	Finished  time.Time
	NoPicture bool // one of many similar results: its picture is not stored
}

// Name returns the name of the defect of a FAIL or REVIEW, as events, page and commands
// show it. It returns the zero Name for any other result.
func (r *Result) Name() verdict.Name {
	if r.Scores == nil || r.Verdict != Fail && r.Verdict != Review {
		return verdict.Name{}
	}
	return r.Scores.Name
}

// Examined records when a frame passed each stage, by this machine's clock, even if
// Options.Now is another clock. A time is zero if the frame did not reach that stage. It
// is valid only during the call.
type Examined struct {
	Part                string // "" if the source does not know parts
	Seq                 uint64
	Triggered           time.Time // of the trigger that asked for the frame; zero without one
	Captured, Delivered time.Time // of the frame
	Taken               time.Time
	Checked             time.Time // its health
	Encoded             time.Time
	Scored              time.Time
	Reason              Reason // why it is unfit or was not scored
}

// Counts are a station's counters since its start.
type Counts struct {
	Frames     uint64             // taken
	Scored     uint64             // scored
	Idle       uint64             // without a part, not inspected
	Stale      uint64             // refused as too old
	HeldOff    uint64             // FAIL verdicts inside the hold-off
	Unsent     uint64             // results that the sink refused
	Verdicts   map[Verdict]uint64 // results by verdict
	Severities map[Severe]uint64  // FAIL and REVIEW results by the severity of the likeliest defect
	Shadow     map[Comparison]uint64
	Unshadowed uint64 // frames that the shadow set could not score
}

// Severe is a verdict and the severity of the likeliest defect.
type Severe struct {
	Verdict  Verdict
	Severity verdict.Severity
}

// Comparison is the pair of verdicts of the live set and the shadow set on the same
// frames.
type Comparison struct{ Live, Shadow Verdict }
