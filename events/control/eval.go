package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// evalDeadline is how long an evaluation may take.
const evalDeadline = 30 * time.Second

// MaxEvalPictures is how many pictures one evaluation takes.
const MaxEvalPictures = 200

// Evaluation is the body of an eval request, as JSON: at least one good and one
// bad picture.
type Evaluation struct {
	Pictures []EvalPicture `json:"pictures"`
}

// EvalPicture is a labelled picture: the name of one in the evidence bucket, of
// at most MaxRequestBytes, or the JPEG itself (in base64, as JSON has bytes).
type EvalPicture struct {
	Label    string `json:"label"`            // good or bad
	Defect   string `json:"defect,omitempty"` // of a bad one: which
	Evidence string `json:"evidence,omitempty"`
	JPEG     []byte `json:"jpeg,omitempty"`
}

// Labelled is a picture that an Agent evaluates.
type Labelled struct {
	Name   string // of the evidence, else pictures[N]
	Bad    bool
	Defect string
	JPEG   func(context.Context) ([]byte, error) // reads it; an error ends the evaluation
}

// errBusy is returned within an error when another evaluation is under way.
var errBusy = errors.New("another evaluation is under way")

// evidenceName is what schema.json has.
var evidenceName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,200}\.jpg$`)

// parseEvaluation reads the body of an eval request.
func parseEvaluation(body []byte) (*Evaluation, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	var e Evaluation
	if err := decoder.Decode(&e); err != nil {
		return nil, fmt.Errorf("%w: the body must be JSON, {\"pictures\": [{\"label\": \"good\", \"evidence\": \"NAME.jpg\"}, …]}: %.200s", ErrRequest, err.Error())
	}
	if decoder.More() {
		return nil, fmt.Errorf("%w: something follows the JSON", ErrRequest)
	}
	if len(e.Pictures) > MaxEvalPictures {
		return nil, fmt.Errorf("%w: %d pictures are more than %d", ErrRequest, len(e.Pictures), MaxEvalPictures)
	}
	labels := map[string]int{}
	for i := range e.Pictures {
		if err := e.Pictures[i].check(); err != nil {
			return nil, fmt.Errorf("%w: pictures[%d]: %w", ErrRequest, i, err)
		}
		labels[e.Pictures[i].Label]++
	}
	if labels["good"] == 0 || labels["bad"] == 0 {
		return nil, fmt.Errorf("%w: good and bad pictures are needed (got %d and %d)", ErrRequest, labels["good"], labels["bad"])
	}
	return &e, nil
}

func (p *EvalPicture) check() error {
	switch {
	case p.Label != "good" && p.Label != "bad":
		return fmt.Errorf("label must be good or bad (got %.40q)", p.Label)
	case p.Label == "good" && p.Defect != "":
		return errors.New("a good picture has no defect")
	case p.Defect != "" && events.CheckName(p.Defect) != nil:
		return fmt.Errorf("defect: %w", events.CheckName(p.Defect))
	case (p.Evidence == "") == (len(p.JPEG) == 0):
		return errors.New("give either evidence, the name of a picture in the bucket, or jpeg")
	case p.Evidence != "" && !evidenceName.MatchString(p.Evidence):
		return fmt.Errorf("evidence must be the name of a picture as events have it (got %.40q)", p.Evidence)
	}
	return nil
}

// eval has labelled pictures measured.
func (s *service) eval(ctx context.Context, q *request) ([]byte, error) {
	asked, err := parseEvaluation(q.jpeg)
	if err != nil {
		return nil, err
	}
	if !s.evaluates.TryLock() {
		return nil, errBusy
	}
	defer s.evaluates.Unlock()
	bucket := sync.OnceValues(func() (jetstream.Stream, error) { return s.js.Stream(ctx, events.EvidenceStream) })
	pictures := make([]Labelled, 0, len(asked.Pictures))
	for i, p := range asked.Pictures {
		l := Labelled{Name: p.Evidence, Bad: p.Label == "bad", Defect: p.Defect}
		if l.JPEG = func(ctx context.Context) ([]byte, error) { return readEvidence(ctx, bucket, p.Evidence) }; p.Evidence == "" {
			l.Name, l.JPEG = fmt.Sprintf("pictures[%d]", i), func(context.Context) ([]byte, error) { return p.JPEG, nil }
		}
		pictures = append(pictures, l)
	}
	answer, err := s.Agent.Evaluate(ctx, q.camera, pictures)
	if err != nil {
		return nil, err
	}
	return json.Marshal(answer)
}

// readEvidence reads a picture from the bucket where the requests come from.
func readEvidence(ctx context.Context, bucket func() (jetstream.Stream, error), name string) ([]byte, error) {
	stream, err := bucket()
	if err != nil {
		return nil, fmt.Errorf("open the evidence bucket: %w", err)
	}
	jpeg, _, err := events.ReadPicture(ctx, stream, name, MaxRequestBytes)
	if errors.Is(err, events.ErrNoEvidence) || errors.Is(err, events.ErrEvidence) {
		return nil, fmt.Errorf("%w: evidence %s: %w", ErrRequest, name, err)
	}
	return jpeg, err
}
