package history

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// StreamName is the stream on the device.
const StreamName = "QC_SEEN"

const subjects = "seen."

// Seen is one result. The vector is that of the deciding frame, quantised: its
// numbers are (byte − 128) · Scale.
type Seen struct {
	Event   string    `json:"event"` // id
	Camera  string    `json:"camera"`
	Part    string    `json:"part,omitempty"`
	Verdict string    `json:"verdict"`
	Defect  float64   `json:"defect"`
	Time    time.Time `json:"time"`

	Bundle string  `json:"-"` // hash
	Scale  float32 `json:"-"`
	Vector []byte  `json:"-"`
	Thumb  []byte  `json:"-"` // JPEG; empty when read by Each
}

// Config is the stream of at most so many bytes.
func Config(maxBytes int64) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: StreamName, Subjects: []string{subjects + "*"}, Storage: jetstream.FileStorage, MaxBytes: maxBytes,
		Discard: jetstream.DiscardOld, AllowDirect: true, Description: "embeddings of inspected parts",
	}
}

// The headers hold all but the thumb, so that a reader can do without those.
const (
	seenHeader   = "Qc-Seen"
	vectorHeader = "Qc-Vector"
)

// ErrSeen is returned within an error when a message is none of these, or is
// damaged.
var ErrSeen = errors.New("not a record of what was seen")

// Message is what is stored.
func (s *Seen) Message() (*nats.Msg, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("remember %s: %w", s.Event, err)
	}
	m := nats.NewMsg(subjects + s.Bundle)
	m.Header.Set(seenHeader, string(text))
	vector := append(binary.LittleEndian.AppendUint32(nil, math.Float32bits(s.Scale)), s.Vector...)
	m.Header.Set(vectorHeader, base64.StdEncoding.EncodeToString(vector))
	m.Data = s.Thumb
	return m, nil
}

// parse reads the headers of a message.
func parse(bundle string, h nats.Header) (*Seen, error) {
	s := &Seen{Bundle: bundle}
	if err := json.Unmarshal([]byte(h.Get(seenHeader)), s); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSeen, err)
	}
	vector, err := base64.StdEncoding.DecodeString(h.Get(vectorHeader))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSeen, err)
	}
	if len(vector) <= 4 {
		return nil, fmt.Errorf("%w: it has no vector", ErrSeen)
	}
	s.Scale, s.Vector = math.Float32frombits(binary.LittleEndian.Uint32(vector)), vector[4:]
	if !(s.Scale >= 0 && s.Scale <= 1) { // a unit vector's
		return nil, fmt.Errorf("%w: its scale is %v", ErrSeen, s.Scale)
	}
	return s, nil
}
