package web

import "time"

// Status is what an agent says of itself. Counters are since its start.
type Status struct {
	Station  string    `json:"station"` // site/line/name
	Version  string    `json:"version"`
	Started  time.Time `json:"started"`
	Now      time.Time `json:"now"`
	Problems []string  `json:"problems"` // why the agent is not healthy; empty when it is
	Model    Model     `json:"model"`
	Cameras  []Camera  `json:"cameras"`
	Flagged  []Flagged `json:"flagged"` // the last ones, newest first
	Events   Events    `json:"events"`
}

// Model says what encodes the frames.
type Model struct {
	Bundle   string `json:"bundle"`
	Hash     string `json:"hash"`
	State    string `json:"state"` // one of ModelStates
	Provider string `json:"provider"`
	Degraded bool   `json:"degraded"` // on another provider than the first configured
	Reason   string `json:"reason,omitempty"`
}

// ModelStates are the states of a model: infer.State has their meaning.
func ModelStates() []string { return []string{"LOADING", "BUILDING", "READY", "DEGRADED"} }

// Camera is one camera and its station.
type Camera struct {
	Name       string            `json:"name"`
	Phase      string            `json:"phase"` // of the camera: connecting, streaming, waiting, ended; learning before inspection
	Detail     string            `json:"detail,omitempty"`
	PromptSet  string            `json:"prompt_set"`
	Shadow     bool              `json:"shadow"`
	Refused    string            `json:"prompts_refused,omitempty"` // why the last edit of a set is not in effect
	References int               `json:"references"`
	Frames     uint64            `json:"frames"`
	Scored     uint64            `json:"scored"`
	Dropped    uint64            `json:"dropped"`
	HeldOff    uint64            `json:"held_off"`
	Unsent     uint64            `json:"unsent"`
	Opens      uint64            `json:"opens"`
	Failures   uint64            `json:"failures"`
	Abandoned  int64             `json:"abandoned"` // reads that hang now
	Verdicts   map[string]uint64 `json:"verdicts"`
	Last       *Flagged          `json:"last,omitempty"` // the newest result, whatever its verdict
}

// Flagged is one result, as the page shows it.
type Flagged struct {
	ID        string    `json:"id"` // its picture at /pictures/{id}; "" without one
	Time      time.Time `json:"time"`
	Camera    string    `json:"camera"`
	Part      string    `json:"part,omitempty"`
	Verdict   string    `json:"verdict"`
	Reason    string    `json:"reason,omitempty"`
	Detail    string    `json:"detail,omitempty"`
	Likeliest string    `json:"likeliest,omitempty"`
	Defect    *float64  `json:"defect,omitempty"` // P(defect); absent when the frame was not scored
}

// Events says how the events fare.
type Events struct {
	URL      string `json:"url,omitempty"` // of the embedded server
	Hub      string `json:"hub,omitempty"`
	HubTakes bool   `json:"hub_takes"` // the hub has taken the last events
	Sequence uint64 `json:"sequence"`
}
