package events

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// SubscribeOptions say which events to receive.
type SubscribeOptions struct {
	Subject  string    // all events when empty
	Since    time.Time // zero: from now on
	All      bool      // from the first event that is stored
	Position *Position // where an earlier subscription stopped; kept up to date. Goes before Since and All
}

// Position is how far a subscriber has come. Stored after each event, as JSON,
// it lets the next subscription go on there, and know what it had before.
type Position struct {
	Stream uint64            `json:"stream"` // sequence in the stream of the last event
	Last   map[string]uint64 `json:"last"`   // last sequence of each incarnation
}

// Received is an event as a subscriber gets it.
type Received struct {
	*Event
	Subject string
	Missing uint64 // events of the station between the one before and this one
	Late    bool   // it comes after events that are younger
}

// Report is what a subscription has seen.
type Report struct {
	Events     uint64
	Duplicates uint64 // left out
	Missing    uint64 // without an explanation
	Shed       uint64 // missing, and an alarm of the agent says why
	OutOfOrder uint64
	Refused    uint64 // messages that were no events
}

// Subscribe calls handle for each event, in order and once, until ctx ends
// (nil) or handle fails. Gaps are counted per station incarnation, from the first
// event received of it; with a Subject that leaves types out, they say nothing.
// A hub that cannot be reached at the start is an error. A connection that is lost
// later, also because the hub refuses the user for a while, is made again, and what
// came meanwhile follows.
func Subscribe(ctx context.Context, h Hub, o SubscribeOptions, handle func(Received) error) (Report, error) {
	s := subscription{handle: handle, position: o.Position}
	if s.position == nil {
		s.position = &Position{}
	}
	if s.position.Last == nil {
		s.position.Last = map[string]uint64{}
	}
	s.ledger = newLedger(s.position.Last)
	conn, err := h.Connect(false)
	for {
		if err != nil {
			return s.report, err
		}
		err = s.read(ctx, &h, conn, o)
		closed := conn.IsClosed()
		conn.Close()
		if ctx.Err() != nil {
			return s.report, nil
		}
		if !closed || s.failed {
			return s.report, err
		}
		conn, err = h.Connect(true)
	}
}

// subscription is what one call of Subscribe keeps.
type subscription struct {
	handle   func(Received) error
	position *Position
	from     uint64 // last sequence of the stream when the first connection subscribed
	failed   bool   // handle did
	ledger   *ledger
	report   Report
}

// read hands events over until the connection is closed, handle fails or ctx ends.
func (s *subscription) read(ctx context.Context, h *Hub, conn *nats.Conn, o SubscribeOptions) error {
	js, err := h.JetStream(conn)
	if err != nil {
		return err
	}
	consumer, err := s.consumer(ctx, js, o)
	if err != nil {
		return fmt.Errorf("read stream %s: %w", StreamName, HubCause(err))
	}
	messages, err := consumer.Messages()
	if err != nil {
		return fmt.Errorf("read stream %s: %w", StreamName, err)
	}
	defer messages.Stop()
	stop := context.AfterFunc(ctx, messages.Stop)
	defer stop()
	for {
		m, err := messages.Next()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read stream %s: %w", StreamName, err)
		}
		if err := s.accept(m); err != nil {
			return err
		}
	}
}

func (s *subscription) consumer(ctx context.Context, js jetstream.JetStream, o SubscribeOptions) (jetstream.Consumer, error) {
	config := jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverNewPolicy}
	if o.Subject != "" {
		config.FilterSubjects = []string{o.Subject}
	}
	last := max(s.position.Stream, s.from)
	switch {
	case last > 0:
		stream, err := js.Stream(ctx, StreamName)
		if err != nil {
			return nil, err
		}
		config.DeliverPolicy = jetstream.DeliverAllPolicy // a stream that was made again begins again
		if stream.CachedInfo().State.LastSeq >= last {
			config.DeliverPolicy, config.OptStartSeq = jetstream.DeliverByStartSequencePolicy, last+1
		}
	case o.All:
		config.DeliverPolicy = jetstream.DeliverAllPolicy
	case !o.Since.IsZero():
		config.DeliverPolicy, config.OptStartTime = jetstream.DeliverByStartTimePolicy, &o.Since
	}
	consumer, err := js.OrderedConsumer(ctx, StreamName, config)
	if err == nil && config.DeliverPolicy == jetstream.DeliverNewPolicy {
		s.from = consumer.CachedInfo().Delivered.Stream
	}
	return consumer, err
}

// accept decodes a message and hands it over when it is an event that was not
// received before.
func (s *subscription) accept(m jetstream.Msg) error {
	at, err := m.Metadata()
	if err != nil {
		return fmt.Errorf("read stream %s: %w", StreamName, err)
	}
	event, err := Decode(m.Data())
	if err != nil || m.Subject() != event.subject() {
		s.report.Refused++
		s.position.Stream = at.Sequence.Stream
		return nil
	}
	a, missing := s.ledger.note(event.Incarnation, event.Sequence)
	s.report.Missing += missing
	switch a {
	case double:
		s.report.Duplicates++
		s.position.Stream = at.Sequence.Stream
		return nil
	case late:
		s.report.OutOfOrder++
		s.report.Missing--
	}
	if alarm, err := event.Alarm(); err == nil && alarm.Shed != nil {
		s.explain(event.Incarnation, alarm.Shed)
	}
	s.report.Events++
	if err := s.handle(Received{Event: event, Subject: m.Subject(), Missing: missing, Late: a == late}); err != nil {
		s.failed = true
		return err
	}
	s.position.Stream = at.Sequence.Stream
	return nil
}

// explain moves what an agent says it shed from missing to shed.
func (s *subscription) explain(incarnation string, shed *Shed) {
	for _, r := range shed.Ranges {
		if r[0] <= r[1] {
			n := s.ledger.close(incarnation, span{r[0], r[1]})
			s.report.Missing -= n
			s.report.Shed += n
		}
	}
}

// subject is where an event of this source and type belongs.
func (e *Event) subject() string {
	station, err := ParseStation(e.Source)
	if err != nil {
		return ""
	}
	return station.Subject(e.Type)
}
