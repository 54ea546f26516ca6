package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// appendLimit is how long one exchange with the embedded server may take.
const appendLimit = 4 * time.Second

// Append stores an event; when it returns without an error, the event is on
// the disk. After an error with ErrFull or ErrRestarting it is not, and is counted;
// after any other error of the store it may be there, or is stored before the next
// one: never twice, and never with a hole.
func (s *Store) Append(ctx context.Context, t events.Type, data any) (*events.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	class := classOf(t, data)
	err := s.settle(ctx)
	if err == nil {
		err = s.room(class)
	}
	if err != nil {
		s.counts.addUnstored(class)
		s.condition.failed(err)
		return nil, err
	}
	at := s.options.Now()
	sequence, incarnation := s.sequence+1, s.currentIncarnation()
	id, body, err := events.Encode(s.options.Station, incarnation, sequence, t, at, data)
	if err != nil {
		return nil, err
	}
	m := nats.NewMsg(s.options.Station.Subject(t))
	m.Data = body
	m.Header.Set(nats.MsgIdHdr, id)
	m.Header.Set(classHeader, string(class))
	if err := s.write(ctx, m); err != nil {
		if errors.Is(err, ErrFull) {
			s.counts.addUnstored(class)
		}
		s.condition.failed(err)
		return nil, err
	}
	if s.free() >= s.options.ReserveBytes {
		s.condition.passed()
	}
	return &events.Event{ID: id, Incarnation: incarnation, Sequence: sequence, Type: t, Source: s.options.Station.Source(), Time: at}, nil
}

// write publishes a message as the next one of the stream. It keeps the
// message in unsettled when its fate is not known.
func (s *Store) write(ctx context.Context, m *nats.Msg) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), appendLimit)
	defer cancel()
	err := s.publish(ctx, m)
	if refusal(err) == full && s.shed(ctx, lowWater(s.options.MaxBytes)) == nil {
		err = s.publish(ctx, m)
	}
	switch refusal(err) {
	case none:
		return nil
	case full:
		s.unsettled = nil
		return fmt.Errorf("store event: %w: the store has reached events.max_bytes, and nothing in it may be removed for this event: raise events.max_bytes, or let the hub take the backlog (%w)", ErrFull, err)
	case behind:
		return s.resync(ctx, m)
	}
	s.unsettled, s.failed = m, time.Now()
	return fmt.Errorf("store event: %w", err)
}

func (s *Store) publish(ctx context.Context, m *nats.Msg) error {
	ack, err := s.broker.Load().js.PublishMsg(ctx, m, jetstream.WithExpectLastSequence(s.sequence), jetstream.WithRetryAttempts(0))
	if err != nil {
		return err
	}
	s.stored(ack.Sequence, m)
	return nil
}

func (s *Store) stored(sequence uint64, m *nats.Msg) {
	s.sequence, s.unsettled = sequence, nil
	now := time.Now()
	s.lastAt.Store(&now)
	s.last.Store(sequence)
	select {
	case s.appended <- struct{}{}:
	default:
	}
	if s.counts.add(len(m.Data)) > highWater(s.options.MaxBytes) {
		s.shedSoon()
	}
}

// resync finds out what stands at the end of the stream: the message itself,
// stored by a try whose acknowledgement was lost longer ago than the duplicate
// window.
func (s *Store) resync(ctx context.Context, m *nats.Msg) error {
	raw, err := s.broker.Load().stream.GetMsg(ctx, s.sequence+1)
	if err == nil && raw.Header.Get(nats.MsgIdHdr) == m.Header.Get(nats.MsgIdHdr) {
		s.stored(raw.Sequence, m)
		return nil
	}
	s.unsettled = nil
	return fmt.Errorf("store event: another program writes to the stream in %s: give each agent an events.dir of its own", s.options.Dir)
}

// verdict of the embedded server on a write.
type answer int

const (
	none    answer = iota // stored
	full                  // no more bytes allowed
	behind                // the stream continues at another sequence
	unknown               // a write error, or no answer
)

// errStoreFailed is the code of JetStream's error when a message could not be
// stored (nats-server: JSStreamStoreFailedF).
const errStoreFailed = 10077

func refusal(err error) answer {
	var api *jetstream.APIError
	switch {
	case err == nil:
		return none
	case !errors.As(err, &api):
		return unknown
	case api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence, api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant:
		return behind
	case api.ErrorCode == errStoreFailed && strings.Contains(api.Description, "maximum bytes exceeded"):
		return full
	}
	return unknown
}
