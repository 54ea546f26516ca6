package events

import (
	"time"

	"pristine/internal/place"
	"pristine/verdict"
)

// Result is the data of a result event. Scores are in [0, 1] unless stated otherwise;
// times are in milliseconds.
type Result struct {
	Camera       string             `json:"camera"`
	Part         string             `json:"part,omitempty"`
	Verdict      string             `json:"verdict"` // PASS, REVIEW, FAIL or INVALID
	Reason       string             `json:"reason,omitempty"`
	Detail       string             `json:"detail,omitempty"`
	Shadow       bool               `json:"shadow"`                  // the set is not armed: do not act on the verdict
	ShadowReason string             `json:"shadow_reason,omitempty"` // why it is not armed
	Defect       float64            `json:"defect"`                  // deciding P(defect): for PASS and REVIEW the highest of the frames, for FAIL the value that N frames reached
	FrameDefect  float64            `json:"frame_defect,omitempty"`  // P(defect) of the frame that is shown
	Agreed       int                `json:"agreed,omitempty"`        // frames with this verdict
	Of           int                `json:"of,omitempty"`            // frames that were considered
	Raw          float64            `json:"raw"`                     // no fixed range
	Margin       float64            `json:"margin"`
	Likeliest    string             `json:"likeliest,omitempty"`       // the defect's name; absent if it is too uncertain
	LikelyShare  float64            `json:"likeliest_share,omitempty"` // probability that the name is right
	LikelyBy     string             `json:"likeliest_by,omitempty"`    // labels or text: see verdict.By
	Severity     string             `json:"severity,omitempty"`        // of Likeliest: minor, major or critical
	ReviewShare  float64            `json:"review_share,omitempty"`    // share of FrameDefect that belongs to defects for review only
	Classes      map[string]float64 `json:"classes,omitempty"`
	Prompts      *Prompts           `json:"prompts,omitempty"` // the nearest to the whole picture; absent for a PASS
	Places       []place.Place      `json:"places,omitempty"`  // where the frame differs from a good part, the worst first; for a PASS only accepted ones
	Thresholds   *Thresholds        `json:"thresholds,omitempty"`
	Frames       int                `json:"frames"`
	Frame        *Frame             `json:"frame,omitempty"`
	Latency      map[string]float64 `json:"latency_ms,omitempty"`
	Provider     string             `json:"provider,omitempty"`
	Degraded     bool               `json:"degraded,omitempty"`
	Bundle       string             `json:"bundle,omitempty"` // hash
	PromptSet    string             `json:"prompt_set,omitempty"`
	Set          *SetOrigin         `json:"set,omitempty"`        // origin of the prompt set
	References   int                `json:"references,omitempty"` // good pictures
	Evidence     *Evidence          `json:"evidence,omitempty"`
	Heatmap      *Evidence          `json:"heatmap,omitempty"` // the picture with the heat map on top

	Traceparent string `json:"-"` // of the part's trace, as W3C Trace Context has it: the event's attribute; "" without a trace
}

// Name returns the name of the defect.
func (r *Result) Name() verdict.Name {
	return verdict.Name{Defect: r.Likeliest, Severity: verdict.Severity(r.Severity), By: verdict.By(r.LikelyBy), Share: r.LikelyShare}
}

// SetName sets the name of the defect.
func (r *Result) SetName(n verdict.Name) {
	r.Likeliest, r.Severity, r.LikelyBy, r.LikelyShare = n.Defect, string(n.Severity), string(n.By), n.Share
}

// SetOrigin is the origin of the prompt set in effect.
type SetOrigin struct {
	From     string    `json:"from"`               // file or push
	File     string    `json:"file,omitempty"`     // of a file
	Revision uint64    `json:"revision,omitempty"` // of a push
	By       string    `json:"by,omitempty"`       // who pushed it, according to the pushing program
	SHA256   string    `json:"sha256"`             // of its text
	Since    time.Time `json:"since"`              // when it took effect
}

// Prompts are the prompts nearest to a picture, at most MaxPrompts for the part
// and as many against it.
type Prompts struct {
	For     []Prompt `json:"for"`
	Against []Prompt `json:"against"`
}

// Prompt is one prompt of a set, compared with a picture.
type Prompt struct {
	Class  string  `json:"class"`
	Prompt string  `json:"prompt"` // with the object, truncated to MaxPromptRunes
	Cosine float64 `json:"cosine"`
}

// MaxPrompts and MaxPromptRunes keep an event small, whatever the set.
const (
	MaxPrompts     = 3
	MaxPromptRunes = 200
)

// Thresholds are the thresholds of the score.
type Thresholds struct {
	Review float64 `json:"review"`
	Fail   float64 `json:"fail"`
}

// Frame is the deciding frame.
type Frame struct {
	Sequence  uint64            `json:"sequence"`
	Captured  time.Time         `json:"captured"`
	AgeMS     float64           `json:"age_ms"`
	Width     int               `json:"width"`
	Height    int               `json:"height"`
	Dropped   uint64            `json:"dropped"`              // frames dropped since the previous one
	DroppedBy map[string]uint64 `json:"dropped_by,omitempty"` // Dropped by cause; absent if it is 0
	Name      string            `json:"name,omitempty"`
	SHA256    string            `json:"sha256,omitempty"` // of its BGR pixels, row by row; absent if its picture is not stored
}

// EvidenceStatus is the status of a picture when its event was published.
type EvidenceStatus string

// The statuses of evidence.
const (
	EvidenceStored  EvidenceStatus = "stored"  // it is stored where the event is
	EvidencePending EvidenceStatus = "pending" // it may arrive later
	EvidenceShed    EvidenceStatus = "shed"    // it was dropped for lack of space
)

// Evidence refers to a picture in the object store.
type Evidence struct {
	Bucket    string         `json:"bucket"`
	Name      string         `json:"name"`
	Bytes     int            `json:"bytes"`
	SHA256    string         `json:"sha256"`
	MediaType string         `json:"media_type"`
	Status    EvidenceStatus `json:"status"`
}

// State is the data of a state event.
type State struct {
	Subject string            `json:"subject"` // agent, camera, model or prompts
	Name    string            `json:"name"`
	State   string            `json:"state"`
	Detail  string            `json:"detail,omitempty"`
	Cause   string            `json:"cause,omitempty"`   // a stable code: of a waiting camera, or of a problem
	Problem string            `json:"problem,omitempty"` // the code of the problem that StateResolved ends
	Counts  map[string]uint64 `json:"counts,omitempty"`  // of StateResolved: lasted_ms
	Agent   *Agent            `json:"agent,omitempty"`   // in a heartbeat
	Set     *SetOrigin        `json:"set,omitempty"`     // that took effect
}

// StateHeartbeat is the State of an agent's periodic event.
const StateHeartbeat = "heartbeat"

// StateResolved is the State of the event at the end of a problem.
const StateResolved = "resolved"

// Agent is the status of an agent in a heartbeat or a status request.
type Agent struct {
	Version     string                `json:"version"`
	Started     time.Time             `json:"started"`
	IntervalMS  int64                 `json:"interval_ms"`        // between heartbeats
	Health      string                `json:"health"`             // ok or degraded
	Problems    []string              `json:"problems,omitempty"` // each as code: text
	Provider    string                `json:"provider,omitempty"`
	Bundle      string                `json:"bundle,omitempty"` // hash
	PromptSets  map[string]string     `json:"prompt_sets,omitempty"`
	Sets        map[string]*SetOrigin `json:"sets,omitempty"` // origins of the sets, by camera
	LastVerdict string                `json:"last_verdict,omitempty"`
	Backlog     uint64                `json:"backlog"` // events that wait for the hub
}

// Alarm is the data of an alarm event.
type Alarm struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
	Shed   *Shed  `json:"shed,omitempty"` // in AlarmShed

	// Of a problem, whose code is Name.
	Severity string     `json:"severity,omitempty"` // critical, error or warning
	Camera   string     `json:"camera,omitempty"`   // "" for the whole agent
	Cause    string     `json:"cause,omitempty"`    // a stable code
	Since    *time.Time `json:"since,omitempty"`
}

// Names of alarms that the outbox raises.
const (
	AlarmShed     = "events_shed"     // events were removed for lack of space before the hub had them
	AlarmUnstored = "events_unstored" // events could not be stored; they have no sequence
	AlarmEvidence = "evidence_shed"   // evidence was removed for lack of space before the hub had it

	AlarmHubRefused  = "hub_refused_events"   // events are too large for the hub and were skipped
	AlarmHubPictures = "hub_refuses_pictures" // the hub stores no pictures; events are sent without them
)

// Shed lists discarded sequences. A gap that no Shed covers is data loss.
type Shed struct {
	Events map[string]uint64 `json:"events"`           // by class: a verdict, a type, or heartbeat
	Ranges [][2]uint64       `json:"ranges,omitempty"` // of sequences, first and last
}
