package history

import (
	"time"

	"pristine/verdict"
)

// Result is one verdict, as in lists.
type Result struct {
	ID          int64     `json:"sequence"` // in this history; never used twice
	Event       string    `json:"event"`    // id
	Time        time.Time `json:"time"`
	Camera      string    `json:"camera"`
	Part        string    `json:"part,omitempty"`
	Verdict     string    `json:"verdict"`
	Reason      string    `json:"reason,omitempty"`
	Detail      string    `json:"detail,omitempty"`
	Shadow      bool      `json:"shadow,omitempty"` // the set was not armed
	Defect      *float64  `json:"defect,omitempty"` // P(defect); nil if nothing was scored
	Review      float64   `json:"review"`           // thresholds
	Fail        float64   `json:"fail"`
	Likeliest   string    `json:"likeliest,omitempty"`
	LikelyShare float64   `json:"likeliest_share,omitempty"` // probability that the name is right
	LikelyBy    string    `json:"likeliest_by,omitempty"`    // labels or text; "" from versions that did not say
	Severity    string    `json:"severity,omitempty"`
	Agreed      int       `json:"agreed,omitempty"` // frames with this verdict
	Of          int       `json:"of,omitempty"`     // frames that were considered
	Set         string    `json:"prompt_set,omitempty"`
	SetSHA256   string    `json:"prompt_set_sha256,omitempty"`
	Bundle      string    `json:"bundle,omitempty"` // hash
	Pictured    bool      `json:"pictured,omitempty"`
	Sample      bool      `json:"sample,omitempty"` // a PASS in the sample for review
	Label       *Label    `json:"label,omitempty"`  // the last one; nil without one
}

// Suspected returns the name of the defect of a FAIL or REVIEW for display. It returns
// "" for a REVIEW without a name and for any other result, since earlier versions stored
// a name with every result.
func (r Result) Suspected() string {
	name := verdict.Name{Defect: r.Likeliest, Severity: verdict.Severity(r.Severity), By: verdict.By(r.LikelyBy), Share: r.LikelyShare}
	if r.Verdict == "FAIL" || r.Verdict == "REVIEW" && r.Likeliest != "" {
		return name.Text()
	}
	return ""
}

// Record is a result with its data. Its slices must not be changed after Add.
type Record struct {
	Result
	Scale   float32 // the vector's numbers are (byte − 128) · Scale
	Vector  []byte  // of the deciding frame; empty where nothing was scored
	Thumb   []byte  // JPEG
	Picture []byte  // JPEG, larger
	Map     []byte  // of the scores, as the page reads it
	Data    []byte  // the event's data, JSON
}

// Queues of a result. The numbers are in files.
const (
	queueNone    = 0
	queueWaiting = 1 // for a decision
	queueDecided = 2
	queueSkipped = 3
)
