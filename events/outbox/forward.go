package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// ForwardOptions say how events go to the hub. Zero values take the defaults.
type ForwardOptions struct {
	Hub             events.Hub
	EvidenceBytes   int64                         // of a bucket that has to be made at the hub; 4 GiB
	DuplicateWindow time.Duration                 // of a stream that has to be made at the hub; 2 minutes
	OnState         func(connected bool, e error) // may be nil; called when it changes, and for each failed attempt
}

// Forward moves events to the hub until ctx ends; a hub that is away is waited
// for. Only a mistake in the hub's settings ends it early. One Forward a Store.
func (s *Store) Forward(ctx context.Context, o ForwardOptions) error {
	if o.DuplicateWindow == 0 {
		o.DuplicateWindow = duplicateWindow
	}
	if o.EvidenceBytes == 0 {
		o.EvidenceBytes = 4 << 30
	}
	var link link
	conn, err := o.Hub.Connect(true,
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { link.set(err) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { link.cut(err) }))
	if err != nil {
		return fmt.Errorf("%w: correct events.hub", err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	waits := backoff.NewExponentialBackOff() // with jitter of one half
	waits.InitialInterval, waits.MaxInterval = 200*time.Millisecond, 15*time.Second
	for ctx.Err() == nil {
		attempt, cancel := context.WithCancel(ctx)
		link.use(cancel)
		err := s.forward(attempt, &o, js, waits.Reset)
		cancel()
		s.connected.Store(false)
		if ctx.Err() != nil {
			break
		}
		o.tell(false, errors.Join(err, link.take()))
		select {
		case <-time.After(waits.NextBackOff()):
		case <-ctx.Done():
		}
	}
	return context.Cause(ctx)
}

// link is what the connection says beside the hub's answers: that a subject is
// not permitted, or that it is cut, which ends the attempt that waits for an
// answer.
type link struct {
	mu     sync.Mutex
	err    error
	cancel context.CancelFunc
}

func (l *link) use(cancel context.CancelFunc) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cancel = cancel
}

func (l *link) set(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

func (l *link) cut(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = err
	}
	if l.cancel != nil {
		l.cancel()
	}
}

func (l *link) take() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.err
	l.err = nil
	return err
}

func (o *ForwardOptions) tell(connected bool, err error) {
	if o.OnState != nil {
		o.OnState(connected, err)
	}
}

// hubLimit is how long one exchange with the hub may take.
const hubLimit = 5 * time.Second

// forward moves events one after another, in order, until something fails.
func (s *Store) forward(ctx context.Context, o *ForwardOptions, js jetstream.JetStream, healthy func()) error {
	hub, err := s.openHub(ctx, o, js)
	if err != nil {
		return err
	}
	from, err := s.resume(ctx, hub)
	if err != nil {
		return err
	}
	b := s.broker.Load()
	consumer, err := b.stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: from})
	if err != nil {
		return fmt.Errorf("read the event stream: %w", err)
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(256))
	if err != nil {
		return fmt.Errorf("read the event stream: %w", err)
	}
	defer messages.Stop()
	stop := context.AfterFunc(ctx, messages.Stop)
	defer stop()
	s.connected.Store(true)
	o.tell(true, nil)
	defer func() { s.remember(context.WithoutCancel(ctx)) }()
	remembered := time.Now()
	for {
		m, err := messages.Next()
		if err != nil {
			return fmt.Errorf("read the event stream: %w", err)
		}
		if err := s.deliver(ctx, hub, m); err != nil {
			return err
		}
		healthy()
		if time.Since(remembered) > time.Second {
			s.remember(ctx)
			remembered = time.Now()
		}
	}
}

// hub is the plant's stream and bucket, and where this station's events end
// there.
type hub struct {
	js       jetstream.JetStream
	pictures bucket
	last     map[string]uint64 // place in the hub's stream of the last message, by subject
	sequence uint64            // of the last event of this incarnation; 0 when there is none
}

// openHub finds out what the hub has. What was published and never
// acknowledged is found this way, however long ago it was.
func (s *Store) openHub(ctx context.Context, o *ForwardOptions, js jetstream.JetStream) (*hub, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*hubLimit)
	defer cancel()
	stream, err := js.Stream(ctx, events.StreamName)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = js.CreateStream(ctx, jetstream.StreamConfig{
			Name: events.StreamName, Subjects: events.Subjects(), Storage: jetstream.FileStorage, Duplicates: o.DuplicateWindow, AllowDirect: true,
		})
	}
	if err != nil {
		return nil, fmt.Errorf("open the hub's event stream: %w", err)
	}
	h := &hub{js: js, last: map[string]uint64{}}
	for _, t := range events.Types() {
		subject := s.options.Station.Subject(t)
		m, err := stream.GetLastMsgForSubject(ctx, subject)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the hub's last event on %s: %w", subject, err)
		}
		h.last[subject] = m.Sequence
		if e, err := events.Decode(m.Data); err == nil && e.Incarnation == s.currentIncarnation() {
			h.sequence = max(h.sequence, e.Sequence)
		}
	}
	h.pictures.js = js
	h.pictures.stream, err = js.Stream(ctx, events.EvidenceStream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if _, err = js.CreateObjectStore(ctx, evidenceBucket(o.EvidenceBytes)); err == nil {
			h.pictures.stream, err = js.Stream(ctx, events.EvidenceStream)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open the hub's evidence bucket: %w", err)
	}
	return h, nil
}

// resume gives the sequence of the first event to move. What the hub has of
// this incarnation goes before what this side remembers: it may have stored
// more than it acknowledged, and have lost what it acknowledged. A hub without
// any event of the station was emptied on purpose, and gets only new ones.
func (s *Store) resume(ctx context.Context, h *hub) (uint64, error) {
	if h.sequence > 0 {
		s.mu.Lock()
		last := s.sequence
		s.mu.Unlock()
		if h.sequence > last {
			return s.forwarded.Load() + 1, s.reincarnate(ctx, h.sequence, last)
		}
		s.forwarded.Store(h.sequence)
	}
	return s.forwarded.Load() + 1, nil
}

// deliver brings an event's evidence to the hub, then the event.
func (s *Store) deliver(ctx context.Context, h *hub, m jetstream.Msg) error {
	ctx, cancel := context.WithTimeout(ctx, 4*hubLimit)
	defer cancel()
	at, err := m.Metadata()
	if err != nil {
		return fmt.Errorf("read the event stream: %w", err)
	}
	event, err := events.Decode(m.Data())
	if err != nil {
		// Append writes none: the files were damaged. It must not stop the rest.
		s.forwarded.Store(at.Sequence.Stream)
		return s.note(ctx, s.broker.Load(), events.Alarm{Name: AlarmUnreadable, Detail: fmt.Sprintf("event %d of the store is left out: %v", at.Sequence.Stream, err)})
	}
	body, err := s.final(ctx, h, event, m.Data())
	if err != nil {
		return err
	}
	id := events.ID(s.currentIncarnation(), event.Sequence)
	ctx, cancelPublish := context.WithTimeout(ctx, hubLimit)
	defer cancelPublish()
	ack, err := h.js.PublishMsg(ctx, &nats.Msg{Subject: m.Subject(), Data: body}, jetstream.WithMsgID(id),
		jetstream.WithExpectLastSequencePerSubject(h.last[m.Subject()]), jetstream.WithRetryAttempts(0))
	if err != nil {
		return fmt.Errorf("publish to the hub: %w", err)
	}
	h.last[m.Subject()] = ack.Sequence
	s.forwarded.Store(at.Sequence.Stream)
	return nil
}

// AlarmUnreadable is raised when an event in the store cannot be read any more.
const AlarmUnreadable = "event_unreadable"

// final is the event as the hub gets it: with what became of its evidence.
func (s *Store) final(ctx context.Context, h *hub, event *events.Event, body []byte) ([]byte, error) {
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
	return body, err
}

func (s *Store) deliverEvidence(ctx context.Context, h *hub, e *events.Evidence) (events.EvidenceStatus, error) {
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
	if refusal(err) == full {
		return events.EvidenceShed, nil // the plant's bucket is full; the event goes on
	}
	if err != nil {
		return "", fmt.Errorf("bring evidence to the hub: %w", err)
	}
	s.brought.Store(max(s.brought.Load(), place))
	return events.EvidenceStored, nil
}
