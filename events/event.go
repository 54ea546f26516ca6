package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2"
)

// Type is what an event tells of.
type Type string

// The types of events.
const (
	TypeResult Type = "result" // a verdict
	TypeState  Type = "state"  // a change of the agent, a camera, the model or a prompt set
	TypeAlarm  Type = "alarm"  // something a person must look at
)

// typePrefix makes a CloudEvents type of a Type.
const typePrefix = "com.pristine.qc."

// Station is an agent's place in the plant.
type Station struct{ Site, Line, Name string }

var token = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)

func (s Station) check() error {
	for _, t := range []string{s.Site, s.Line, s.Name} {
		if !token.MatchString(t) {
			return fmt.Errorf("station %q: site, line and name must be letters, digits, - or _", s.Site+"/"+s.Line+"/"+s.Name)
		}
	}
	return nil
}

// Subject is where events of a type go.
func (s Station) Subject(t Type) string {
	return "qc." + s.Site + "." + s.Line + "." + s.Name + "." + string(t)
}

func (s Station) source() string { return "/" + s.Site + "/" + s.Line + "/" + s.Name }

// Result is the data of a result event. Scores are in [0, 1] unless said
// otherwise; times in milliseconds.
type Result struct {
	Camera     string             `json:"camera"`
	Part       string             `json:"part,omitempty"`
	Verdict    string             `json:"verdict"` // PASS, REVIEW, FAIL or INVALID
	Reason     string             `json:"reason,omitempty"`
	Detail     string             `json:"detail,omitempty"`
	Shadow     bool               `json:"shadow"` // the set is not armed: act on nothing
	Defect     float64            `json:"defect"`
	Raw        float64            `json:"raw"` // no fixed range
	Margin     float64            `json:"margin"`
	Likeliest  string             `json:"likeliest,omitempty"`
	Classes    map[string]float64 `json:"classes,omitempty"`
	Thresholds *Thresholds        `json:"thresholds,omitempty"`
	Frames     int                `json:"frames"`
	Frame      *Frame             `json:"frame,omitempty"`
	Latency    map[string]float64 `json:"latency_ms,omitempty"`
	Provider   string             `json:"provider,omitempty"`
	Degraded   bool               `json:"degraded,omitempty"`
	Bundle     string             `json:"bundle,omitempty"` // hash
	PromptSet  string             `json:"prompt_set,omitempty"`
	References int                `json:"references,omitempty"` // good pictures
	Evidence   *Evidence          `json:"evidence,omitempty"`
}

// Thresholds that the score was held against.
type Thresholds struct {
	Review float64 `json:"review"`
	Fail   float64 `json:"fail"`
}

// Frame is the frame that decided.
type Frame struct {
	Sequence uint64    `json:"sequence"`
	Captured time.Time `json:"captured"`
	AgeMS    float64   `json:"age_ms"`
	Width    int       `json:"width"`
	Height   int       `json:"height"`
	Dropped  uint64    `json:"dropped"` // frames dropped before it
	Name     string    `json:"name,omitempty"`
}

// Evidence refers to a picture in the object store.
type Evidence struct {
	Bucket    string `json:"bucket"`
	Name      string `json:"name"`
	Bytes     int    `json:"bytes"`
	SHA256    string `json:"sha256"`
	MediaType string `json:"media_type"`
}

// State is the data of a state event.
type State struct {
	Subject string            `json:"subject"` // agent, camera, model or prompts
	Name    string            `json:"name"`
	State   string            `json:"state"`
	Detail  string            `json:"detail,omitempty"`
	Counts  map[string]uint64 `json:"counts,omitempty"`
}

// Alarm is the data of an alarm event.
type Alarm struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
}

// MaxBytes is the size of the largest event; evidence is never in one.
const MaxBytes = 64 << 10

// ErrEvent is returned within an error when bytes are no event of ours.
var ErrEvent = errors.New("not an event of an inspection agent")

// Event is a decoded event.
type Event struct {
	ID          string
	Incarnation string
	Sequence    uint64
	Type        Type
	Source      string // /site/line/station
	Time        time.Time
	Data        json.RawMessage
}

// Result decodes the data of a result event.
func (e *Event) Result() (*Result, error) {
	var r Result
	if e.Type != TypeResult {
		return nil, fmt.Errorf("%w: %s is no result", ErrEvent, e.Type)
	}
	if err := json.Unmarshal(e.Data, &r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEvent, err)
	}
	return &r, nil
}

// encode makes the structured CloudEvents JSON of an event.
func encode(s Station, incarnation string, sequence uint64, t Type, at time.Time, data any) (id string, body []byte, err error) {
	id = fmt.Sprintf("%s-%d", incarnation, sequence)
	e := cloudevents.NewEvent()
	e.SetID(id)
	e.SetSource(s.source())
	e.SetType(typePrefix + string(t))
	e.SetTime(at.UTC())
	e.SetExtension("incarnation", incarnation)
	e.SetExtension("sequence", fmt.Sprint(sequence)) // as the CloudEvents sequence extension has it: a string
	if err := e.SetData(cloudevents.ApplicationJSON, data); err != nil {
		return "", nil, fmt.Errorf("encode event: %w", err)
	}
	if body, err = json.Marshal(e); err != nil {
		return "", nil, fmt.Errorf("encode event: %w", err)
	}
	if len(body) > MaxBytes {
		return "", nil, fmt.Errorf("encode event: %d bytes are more than %d", len(body), MaxBytes)
	}
	return id, body, nil
}

// Decode reads an event and refuses what is none.
func Decode(body []byte) (*Event, error) {
	if len(body) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrEvent, len(body))
	}
	c := cloudevents.NewEvent()
	if err := json.Unmarshal(body, &c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEvent, err)
	}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEvent, err)
	}
	e := &Event{ID: c.ID(), Source: c.Source(), Time: c.Time(), Data: c.Data()}
	if len(c.Type()) > len(typePrefix) && c.Type()[:len(typePrefix)] == typePrefix {
		e.Type = Type(c.Type()[len(typePrefix):])
	}
	if e.Type != TypeResult && e.Type != TypeState && e.Type != TypeAlarm {
		return nil, fmt.Errorf("%w: type %q", ErrEvent, c.Type())
	}
	text, _ := c.Extensions()["sequence"].(string)
	e.Incarnation, _ = c.Extensions()["incarnation"].(string)
	if _, err := fmt.Sscan(text, &e.Sequence); err != nil || e.ID != fmt.Sprintf("%s-%d", e.Incarnation, e.Sequence) {
		return nil, fmt.Errorf("%w: id %q does not fit its sequence", ErrEvent, e.ID)
	}
	return e, nil
}
