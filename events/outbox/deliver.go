package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// deliver brings an event's evidence to the hub, then the event. An event that
// the hub can never take is passed over with an alarm: those behind it go on.
func (s *Store) deliver(ctx context.Context, h *hub, m jetstream.Msg) error {
	at, err := m.Metadata()
	if err != nil {
		return fmt.Errorf("read the event stream: %w", err)
	}
	event, err := events.Decode(m.Data())
	if err != nil {
		// Append writes none: the files were damaged. It must not stop the rest.
		return s.skipUnreadable(ctx, at.Sequence.Stream, err)
	}
	body, err := s.final(ctx, h, event, m.Data())
	if errors.Is(err, errUnencodable) {
		return s.skipUnreadable(ctx, at.Sequence.Stream, err)
	}
	if err != nil {
		return err
	}
	err = s.publishTo(ctx, h, m.Subject(), event.Sequence, body)
	if cause := events.HubCause(err); cause != nil && cause.Code == events.HubMessageSize {
		return s.passOver(ctx, event, classOfEvent(event), cause)
	}
	if err != nil {
		return fmt.Errorf("publish to the hub: %w", err)
	}
	s.forwarded.Store(at.Sequence.Stream)
	s.counts.addShed(&s.counts.evidence, h.shed)
	s.hub.acknowledged()
	if h.onForwarded != nil {
		h.onForwarded(&Forwarded{Event: event, Stored: at.Timestamp})
	}
	return nil
}

// publishTo publishes an event as the next one of its subject. Where the hub's
// last event of the subject is another than expected, it is looked up once: it may
// have been consumed or have grown too old, or be another program's.
func (s *Store) publishTo(ctx context.Context, h *hub, subject string, sequence uint64, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, hubLimit)
	defer cancel()
	h.link.OnDenied(cancel)
	defer h.link.OnDenied(nil)
	incarnation := s.currentIncarnation()
	for again := true; ; again = false {
		ack, err := h.js.PublishMsg(ctx, &nats.Msg{Subject: subject, Data: body}, jetstream.WithMsgID(events.ID(incarnation, sequence)),
			jetstream.WithExpectLastSequencePerSubject(h.last[subject]), jetstream.WithExpectStream(events.StreamName), jetstream.WithRetryAttempts(0))
		if err == nil {
			h.last[subject] = ack.Sequence
			return nil
		}
		if refusal(err) != behind || !again {
			return err
		}
		had, err := s.findLast(ctx, h, subject)
		if err != nil {
			return err
		}
		if had >= sequence {
			return nil // the hub has this one
		}
		h.forgets = h.forgets || h.last[subject] == 0
	}
}

// errUnencodable is returned within an error when an event cannot be written
// with what became of its evidence.
var errUnencodable = errors.New("the event cannot be encoded again")

// final is the event as the hub gets it: with what became of its evidence.
func (s *Store) final(ctx context.Context, h *hub, event *events.Event, body []byte) ([]byte, error) {
	h.shed = map[Class]uint64{}
	changed := event.Incarnation != s.currentIncarnation()
	data := any(event.Data)
	if r, err := event.Result(); err == nil {
		for _, e := range []*events.Evidence{r.Evidence, r.Heatmap} {
			if e == nil {
				continue
			}
			status, err := s.deliverEvidence(ctx, h, e)
			if err != nil {
				return nil, err
			}
			changed = changed || status != e.Status
			e.Status = status
		}
		data = r
	}
	if !changed {
		return body, nil
	}
	_, body, err := events.Encode(s.options.Station, s.currentIncarnation(), event.Sequence, event.Type, event.Time, data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnencodable, err)
	}
	return body, nil
}

// pictureLimit is how long a picture may take to the hub.
const pictureLimit = 4 * hubLimit

// deliverEvidence brings a picture to the hub and returns where it is then.
func (s *Store) deliverEvidence(ctx context.Context, h *hub, e *events.Evidence) (events.EvidenceStatus, error) {
	ctx, cancel := context.WithTimeout(ctx, pictureLimit)
	defer cancel()
	if h.pictures.refused != nil {
		return s.shedPicture(h, e, h.pictures.refused), nil
	}
	h.link.OnDenied(cancel)
	defer h.link.OnDenied(nil)
	jpeg, place, err := s.broker.Load().pictures.get(ctx, e)
	if errors.Is(err, events.ErrNoEvidence) || errors.Is(err, events.ErrEvidence) {
		had, err := h.pictures.has(ctx, e.Name)
		if err != nil {
			return "", fmt.Errorf("look for evidence at the hub: %w", err)
		}
		if had {
			return events.EvidenceStored, nil // an earlier try brought it
		}
		return events.EvidenceShed, nil
	}
	if err != nil {
		return "", fmt.Errorf("read evidence: %w", err)
	}
	err = h.pictures.put(ctx, e.Name, jpeg)
	if denied := h.link.Denied(); err != nil && denied != nil && strings.Contains(denied.Error(), `"$O.`) {
		h.pictures.refused = events.HubCause(denied)
		return s.shedPicture(h, e, h.pictures.refused), nil
	}
	if refused := pictureRefusal(err); refused != nil {
		return s.shedPicture(h, e, refused), nil // the event goes on
	}
	if err != nil {
		return "", fmt.Errorf("bring evidence to the hub: %w", err)
	}
	s.brought.Store(max(s.brought.Load(), place))
	s.hub.pictureStored()
	return events.EvidenceStored, nil
}

// shedPicture notes a picture that the hub does not take.
func (s *Store) shedPicture(h *hub, e *events.Evidence, why *events.HubError) events.EvidenceStatus {
	h.shed[pictureClass(e.Name)]++
	s.hub.refusePictures(why)
	s.shedSoon() // to raise the alarm
	return events.EvidenceShed
}
