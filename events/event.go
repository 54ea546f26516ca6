package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2"
)

// typePrefix is the prefix of the CloudEvents type.
const typePrefix = "com.pristine.qc."

// Schema is the version of schema.json that an event follows, as its dataschema. Later
// 1.x versions only add keys; Decode reads every 1.x.
const Schema = "urn:pristine:qc:event:1.0"

// MaxBytes is the largest size of an event. Evidence is never part of it.
const MaxBytes = 64 << 10

// ErrEvent is wrapped by an error that is returned if bytes are not one of our events.
var ErrEvent = errors.New("not an event of an inspection agent")

// Event is a decoded event.
type Event struct {
	ID          string
	Incarnation string
	Sequence    uint64
	Type        Type
	Source      string // /site/line/station
	Time        time.Time
	Traceparent string // of the part's trace, as W3C Trace Context has it; "" without one
	Data        json.RawMessage
}

// Result decodes the data of a result event.
func (e *Event) Result() (*Result, error) {
	r, err := decodeData[Result](e, TypeResult)
	if err == nil {
		r.Traceparent = e.Traceparent
	}
	return r, err
}

// State decodes the data of a state event.
func (e *Event) State() (*State, error) { return decodeData[State](e, TypeState) }

// Alarm decodes the data of an alarm event.
func (e *Event) Alarm() (*Alarm, error) { return decodeData[Alarm](e, TypeAlarm) }

func decodeData[T any](e *Event, t Type) (*T, error) {
	var data T
	if e.Type != t {
		return nil, fmt.Errorf("%w: %s is no %s", ErrEvent, e.Type, t)
	}
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEvent, err)
	}
	return &data, nil
}

// Encode makes the structured CloudEvents JSON of an event. data is a Result, a State or
// an Alarm. Data that does not follow schema.json is an error. The id is made from the
// incarnation and the sequence.
func Encode(s Station, incarnation string, sequence uint64, t Type, at time.Time, data any) (id string, body []byte, err error) {
	id = ID(incarnation, sequence)
	e := cloudevents.NewEvent()
	e.SetID(id)
	e.SetSource(s.Source())
	e.SetType(typePrefix + string(t))
	e.SetTime(at.UTC())
	e.SetDataSchema(Schema)
	e.SetExtension("incarnation", incarnation)
	e.SetExtension("sequence", fmt.Sprint(sequence)) // as the CloudEvents sequence extension has it: a string
	if parent := traceparent(data); parent != "" {
		e.SetExtension("traceparent", parent) // as CloudEvents' extension for distributed tracing has it
	}
	if err := e.SetData(cloudevents.ApplicationJSON, data); err != nil {
		return "", nil, fmt.Errorf("encode event: %w", err)
	}
	if body, err = json.Marshal(e); err != nil {
		return "", nil, fmt.Errorf("encode event: %w", err)
	}
	if len(body) > MaxBytes {
		return "", nil, fmt.Errorf("encode event: %d bytes are more than %d", len(body), MaxBytes)
	}
	if err := Validate(body); err != nil {
		return "", nil, fmt.Errorf("encode event: %w", err)
	}
	return id, body, nil
}

func traceparent(data any) string {
	switch r := data.(type) {
	case Result:
		return r.Traceparent
	case *Result:
		return r.Traceparent
	}
	return ""
}

// ID returns the id of an event, which is also its Nats-Msg-Id.
func ID(incarnation string, sequence uint64) string {
	return fmt.Sprintf("%s-%d", incarnation, sequence)
}

// Decode reads an event. It refuses bytes that are too large, are not CloudEvents JSON,
// do not follow schema.json, or have an id that does not match the incarnation and
// sequence.
func Decode(body []byte) (*Event, error) {
	if len(body) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrEvent, len(body))
	}
	if err := Validate(body); err != nil {
		return nil, err
	}
	c := cloudevents.NewEvent()
	if err := json.Unmarshal(body, &c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEvent, err)
	}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEvent, err)
	}
	e := &Event{ID: c.ID(), Source: c.Source(), Time: c.Time(), Data: c.Data(), Type: Type(strings.TrimPrefix(c.Type(), typePrefix))}
	text, _ := c.Extensions()["sequence"].(string)
	e.Incarnation, _ = c.Extensions()["incarnation"].(string)
	e.Traceparent, _ = c.Extensions()["traceparent"].(string)
	if _, err := fmt.Sscan(text, &e.Sequence); err != nil || e.ID != ID(e.Incarnation, e.Sequence) {
		return nil, fmt.Errorf("%w: id %q does not fit its sequence", ErrEvent, e.ID)
	}
	return e, nil
}
