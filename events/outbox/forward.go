package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// ForwardOptions say how events go to the hub. Zero values take the defaults.
type ForwardOptions struct {
	Hub             events.Hub
	MaxBytes        int64                           // of the event stream, where it has to be created at the hub; 0: no limit
	EvidenceBytes   int64                           // of the bucket, where it has to be created at the hub; 4 GiB
	DuplicateWindow time.Duration                   // of the event stream, where it has to be created at the hub; 2 minutes
	OnState         func(connected bool, err error) // may be nil; called when it changes; err holds an *events.HubError
	OnForwarded     func(*Forwarded)                // may be nil; called after each event that the hub acknowledged; must not block
}

// Forwarded is an event that the hub has acknowledged.
type Forwarded struct {
	Event  *events.Event
	Stored time.Time // when the store on the device took it, by its clock
}

// Forward moves events to the hub until ctx ends, and returns its cause. A hub
// that cannot be reached, refuses the user or lacks its stream is tried again for
// ever: Status says why events wait. One Forward a Store.
func (s *Store) Forward(ctx context.Context, o ForwardOptions) error {
	if o.DuplicateWindow == 0 {
		o.DuplicateWindow = duplicateWindow
	}
	if o.EvidenceBytes == 0 {
		o.EvidenceBytes = 4 << 30
	}
	s.hub.start(&o)
	link := o.Hub.Link()
	defer link.Close()
	waits := backoff.NewExponentialBackOff() // with jitter of one half
	waits.InitialInterval, waits.MaxInterval = 200*time.Millisecond, 15*time.Second
	for ctx.Err() == nil {
		attempt, cancel := context.WithCancel(ctx)
		link.OnCut(cancel)
		err := s.forward(attempt, &o, link, waits.Reset)
		if attempt.Err() != nil {
			err = nats.ErrDisconnected // what failed then says nothing
		}
		cancel()
		if ctx.Err() != nil {
			break
		}
		s.hub.fail(link.Cause(err))
		select {
		case <-time.After(waits.NextBackOff()):
		case <-link.Up():
		case <-ctx.Done():
		}
	}
	s.hub.fail(nil)
	return context.Cause(ctx)
}

// Limits of one exchange with the hub, and of one attempt to reach it.
const (
	hubLimit     = 5 * time.Second
	connectLimit = 2 * time.Second
)

// forward moves events one after another, in order, until something fails.
func (s *Store) forward(ctx context.Context, o *ForwardOptions, link *events.Link, healthy func()) error {
	hub, err := s.openHub(ctx, o, link)
	if err != nil {
		return err
	}
	from, err := s.resume(ctx, hub)
	if err != nil {
		return err
	}
	s.hub.open(hub.pictures.refused)
	b := s.broker.Load()
	messages, err := readOrdered(ctx, b.stream, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: from}, jetstream.PullMaxMessages(256))
	if err != nil {
		return fmt.Errorf("read the event stream: %w", err)
	}
	defer messages.Close()
	stop := context.AfterFunc(ctx, messages.Stop)
	defer stop()
	defer func() { s.remember(context.WithoutCancel(ctx)) }()
	remembered := time.Now()
	for {
		m, err := messages.Next()
		if err != nil {
			return fmt.Errorf("read the event stream: %w", err)
		}
		if err := s.awaitDurable(ctx, m); err != nil {
			return err
		}
		if err := s.deliver(ctx, hub, m); err != nil {
			return err
		}
		healthy()
		if hub.forgets || time.Since(remembered) > time.Second {
			s.remember(ctx)
			remembered = time.Now()
		}
	}
}

// durableAfter is how long after its acknowledgement an event counts as on the
// disk when no later one is: a kernel may report a sync as done that a power cut
// ends half-way, and the machine is gone then.
const durableAfter = 20 * time.Millisecond

// awaitDurable waits until an event is on the disk for certain. The embedded
// server also shows consumers a message whose write failed; the hub must not have
// what this side may lose.
func (s *Store) awaitDurable(ctx context.Context, m jetstream.Msg) error {
	at, err := m.Metadata()
	if err != nil {
		return fmt.Errorf("read the event stream: %w", err)
	}
	for {
		last, left := s.last.Load(), time.Duration(0)
		if last == at.Sequence.Stream {
			left = durableAfter - time.Since(*s.lastAt.Load())
		}
		if last > at.Sequence.Stream || last == at.Sequence.Stream && left <= 0 {
			return nil
		}
		var ripe <-chan time.Time
		if left > 0 {
			ripe = time.After(left)
		}
		select {
		case <-s.appended:
		case <-ripe:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// resume returns the sequence of the first event to move. What the hub has of
// this incarnation goes before what this side remembers: it may have stored
// more than it acknowledged, and have lost what it acknowledged. A hub without
// any event of the station was emptied on purpose, or hands its events on, and
// gets only new ones. What the hub refused before is not tried again.
func (s *Store) resume(ctx context.Context, h *hub) (uint64, error) {
	if h.sequence > 0 {
		s.mu.Lock()
		last := s.sequence
		s.mu.Unlock()
		if h.sequence > last {
			// The hub has more than this store, so it has all that stood in it when
			// it was opened. What was stored since is new, under ids that the hub has.
			s.forwarded.Store(max(s.forwarded.Load(), s.opened))
			if err := s.reincarnate(ctx, h.sequence, last); err != nil {
				return 0, err
			}
			return s.forwarded.Load() + 1, s.reached(ctx)
		}
		s.forwarded.Store(max(h.sequence, s.passedOver(ctx, h.sequence)))
	}
	return s.forwarded.Load() + 1, s.reached(ctx)
}
