package web

import (
	"time"

	"pristine/internal/place"
	"pristine/internal/polygon"
	"pristine/internal/problem"
)

// Status is the status of an agent. Counters are since its start.
type Status struct {
	Station  string            `json:"station"` // site/line/name
	Version  string            `json:"version"`
	Started  time.Time         `json:"started"`
	Now      time.Time         `json:"now"`
	Problems []problem.Problem `json:"problems"` // current problems, the worst first
	Model    Model             `json:"model"`
	Cameras  []Camera          `json:"cameras"`
	Flagged  []Flagged         `json:"flagged"` // the last ones, newest first
	Events   Events            `json:"events"`
}

// Model describes the encoder of the frames.
type Model struct {
	Bundle   string `json:"bundle"`
	Hash     string `json:"hash"`
	State    string `json:"state"` // one of ModelStates
	Provider string `json:"provider"`
	Degraded bool   `json:"degraded"` // on another provider than the first configured
	Reason   string `json:"reason,omitempty"`
	Runs     string `json:"runs,omitempty"` // how pictures are batched on the CPU; absent until some have queued
}

// ModelStates returns the states of a model; infer.State documents them.
func ModelStates() []string { return []string{"LOADING", "BUILDING", "READY", "DEGRADED"} }

// Camera is one camera and its station.
type Camera struct {
	Name            string            `json:"name"`
	Phase           string            `json:"phase"`            // of the camera: connecting, streaming, waiting, ended; learning before inspection
	Detail          string            `json:"detail,omitempty"` // of phase waiting or ended: why
	Cause           string            `json:"cause,omitempty"`  // its stable code
	PromptSet       string            `json:"prompt_set"`
	Set             *SetOrigin        `json:"set,omitempty"` // where the prompt set came from
	Shadow          bool              `json:"shadow"`        // the set is not armed: do not act on verdicts
	ShadowReason    string            `json:"shadow_reason,omitempty"`
	Refused         string            `json:"prompts_refused,omitempty"` // why the last edit of a set is not in effect
	References      int               `json:"references"`
	LearnedAt       *time.Time        `json:"learned_at,omitempty"` // when the camera learned its references; absent if it did not
	Frames          uint64            `json:"frames"`
	Scored          uint64            `json:"scored"`
	Dropped         uint64            `json:"dropped"`
	DroppedBy       map[string]uint64 `json:"dropped_by"` // Dropped by cause: overwritten, pace, gate, stale
	HeldOff         uint64            `json:"held_off"`
	Unsent          uint64            `json:"unsent"`            // results without an event
	Waiting         uint64            `json:"waiting"`           // results that wait for their event
	PicturesGivenUp uint64            `json:"pictures_given_up"` // dropped for lack of room, so that events could be stored
	Opens           uint64            `json:"opens"`
	Failures        uint64            `json:"failures"`
	Abandoned       int64             `json:"abandoned"` // reads that currently hang
	Verdicts        map[string]uint64 `json:"verdicts"`
	Severities      Severities        `json:"severities"`          // of FAIL and REVIEW results
	VerdictAge      Age               `json:"verdict_age_seconds"` // of verdicts on scored frames
	Triggers        *Triggers         `json:"triggers,omitempty"`  // of a camera that waits for them
	Folder          *Folder           `json:"folder,omitempty"`    // of a camera that is a watched folder
	Alarms          *ChartAlarms      `json:"alarms,omitempty"`    // of the charts of eight hours; absent without a history
	Health          []Signal          `json:"health"`              // the learned limits; empty until then
	Last            *Flagged          `json:"last,omitempty"`      // the newest result, whatever its verdict
	Region          polygon.Rectangle `json:"region,omitzero"`     // x, y, width, height as shares of the picture
	Polygon         []polygon.Point   `json:"polygon,omitempty"`   // instead of all of Region
}

// SetOrigin is the origin of a prompt set.
type SetOrigin struct {
	From     string    `json:"from"` // file or push
	File     string    `json:"file,omitempty"`
	Revision uint64    `json:"revision,omitempty"` // of a push
	By       string    `json:"by,omitempty"`       // who pushed it
	SHA256   string    `json:"sha256"`             // of its text
	Since    time.Time `json:"since"`
}

// Severities counts results by verdict and then by severity of the likeliest defect.
type Severities map[string]map[string]uint64

// Triggers counts triggers by outcome. Each accepted one ends as answered, missed or
// late.
type Triggers struct {
	Accepted  uint64 `json:"accepted"`
	Answered  uint64 `json:"answered"`
	Missed    uint64 `json:"missed"`    // no frame came in time
	Late      uint64 `json:"late"`      // the verdict came after the deadline
	Overrun   uint64 `json:"overrun"`   // refused: another part was being inspected
	Duplicate uint64 `json:"duplicate"` // refused: the part was already triggered
}

// Folder is the state of a watched folder.
type Folder struct {
	Waiting int       `json:"waiting"`           // unread pictures
	Oldest  time.Time `json:"oldest,omitzero"`   // when the oldest of them was written
	InWork  int       `json:"in_work"`           // read, without a stored result
	Done    uint64    `json:"done"`              // since the start
	Retried uint64    `json:"retried"`           // results without an event, whose picture is read again
	Failing string    `json:"failing,omitempty"` // why pictures cannot be moved or deleted
}

// ChartAlarms report whether the newest point of a control chart is outside its limits.
// A chart without limits has no alarm.
type ChartAlarms struct {
	RejectRate  bool `json:"reject_rate"`  // p-chart of the reject rate
	MarginDrift bool `json:"margin_drift"` // EWMA of the margin to the fail threshold
}

// Signal is a measurement of a camera's health, with the learned limit.
type Signal struct {
	Name   string  `json:"name"`
	Reason string  `json:"reason"` // of INVALID beyond the limit
	Worst  float64 `json:"worst"`  // during learning
	Limit  float64 `json:"limit"`
}

// Flagged is one result on the page.
type Flagged struct {
	ID          string    `json:"id"`             // its picture at /pictures/{id}; "" without one
	Heat        string    `json:"heat,omitempty"` // its heat map at /pictures/{heat}, with the scale of all heat maps below it; "" without one
	Time        time.Time `json:"time"`
	Camera      string    `json:"camera"`
	Part        string    `json:"part,omitempty"`
	Verdict     string    `json:"verdict"`
	Reason      string    `json:"reason,omitempty"`
	Detail      string    `json:"detail,omitempty"`
	Likeliest   string    `json:"likeliest,omitempty"`       // the defect's name; absent if it is too uncertain
	LikelyShare float64   `json:"likeliest_share,omitempty"` // probability that the name is right
	LikelyBy    string    `json:"likeliest_by,omitempty"`    // labels or text
	Shadow      bool      `json:"shadow"`
	Severity    string    `json:"severity,omitempty"` // of Likeliest
	Agreed      int       `json:"agreed,omitempty"`   // frames with this verdict
	Of          int       `json:"of,omitempty"`       // frames that were considered
	Width       int       `json:"width,omitempty"`    // of the frame; its picture may be smaller
	Height      int       `json:"height,omitempty"`
	Places      []Place   `json:"places,omitempty"` // where it differs from a good part, the worst first
	Defect      *float64  `json:"defect,omitempty"` // P(defect); absent when the frame was not scored
	Review      float64   `json:"review,omitempty"` // thresholds
	Fail        float64   `json:"fail,omitempty"`
}

// Place is an area where a result's picture differs from a good part.
type Place = place.Place

// Events is the status of the events.
type Events struct {
	URL      string `json:"url,omitempty"` // of the embedded server
	Hub      string `json:"hub,omitempty"`
	HubTakes bool   `json:"hub_takes"` // the hub has accepted the last events
	Sequence uint64 `json:"sequence"`

	HubCode         string `json:"hub_code,omitempty"` // why the hub accepts none
	Backlog         uint64 `json:"backlog"`            // events that wait for the hub; 0 without one
	Forwarded       uint64 `json:"forwarded"`          // sequence up to which the hub has all
	Store           Store  `json:"store"`
	Forgotten       uint64 `json:"history_forgotten"` // results that are missing in the history
	Requests        uint64 `json:"requests"`          // over NATS
	RequestsRefused uint64 `json:"requests_refused"`
	Spans           Spans  `json:"trace_spans"`
}

// Spans counts trace spans. Those that are neither exported nor failed are waiting or
// were dropped.
type Spans struct {
	Recorded uint64 `json:"recorded"`
	Exported uint64 `json:"exported"`
	Failed   uint64 `json:"failed"`
}

// Store is the status of the event store. Counts are by class: a verdict, a type or
// heartbeat.
type Store struct {
	Bytes         uint64            `json:"bytes"`          // of events, about
	EvidenceBytes uint64            `json:"evidence_bytes"` // of pictures, about
	DiskFree      int64             `json:"disk_free_bytes"`
	DiskReserve   int64             `json:"disk_reserve_bytes"` // that stay free
	Restarts      uint64            `json:"restarts"`           // of the embedded server, after failed writes
	Unstored      map[string]uint64 `json:"unstored,omitempty"`
	Shed          map[string]uint64 `json:"shed,omitempty"`
	EvidenceShed  map[string]uint64 `json:"evidence_shed,omitempty"`
	HubRefused    map[string]uint64 `json:"hub_refused,omitempty"` // events that the hub can never accept
}
