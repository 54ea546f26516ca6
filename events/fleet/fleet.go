package fleet

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
	"pristine/events/presence"
)

// Window is how far back heartbeats are looked for.
const Window = 15 * time.Minute

// Silent is the health of an agent that has not spoken for too long, beside
// those that it says of itself.
const Silent = "silent"

// Member is one agent.
type Member struct {
	Station string            `json:"station"` // site.line.name
	Health  string            `json:"health"`  // ok, degraded, silent, stopped or gone
	Seen    time.Time         `json:"seen"`    // when it said its last state
	Agent   *events.Agent     `json:"agent,omitempty"`
	Counts  map[string]uint64 `json:"counts,omitempty"`

	Presence *presence.Change `json:"presence,omitempty"` // as the hub says; nil where it does not
}

// List reads who is there from the stream, in the order of their names.
func List(ctx context.Context, h events.Hub, now time.Time) ([]Member, error) {
	conn, js, err := h.ConnectJetStream()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stream, err := js.Stream(ctx, events.StreamName)
	if err != nil {
		return nil, fmt.Errorf("read stream %s: %w", events.StreamName, err)
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter("qc.>"))
	if err != nil {
		return nil, fmt.Errorf("read stream %s: %w", events.StreamName, err)
	}
	found := map[string]*Member{}
	for subject := range info.State.Subjects {
		if s, err := events.ParseStation(trim(subject)); err == nil {
			found[s.Source()] = &Member{Station: s.Token(), Health: Silent}
		}
	}
	if err := heartbeats(ctx, stream, info.State.LastSeq, now.Add(-Window), found); err != nil {
		return nil, err
	}
	there := present(ctx, js)
	var members []Member
	for _, m := range found {
		if m.Agent == nil {
			m.Seen = lastSeen(ctx, stream, m.Station)
		} else if now.Sub(m.Seen) <= 3*time.Duration(m.Agent.IntervalMS)*time.Millisecond {
			m.Health = m.Agent.Health
		}
		if c, known := there[m.Station]; known {
			m.heed(c)
		}
		members = append(members, *m)
	}
	slices.SortFunc(members, func(a, b Member) int { return cmp.Compare(a.Station, b.Station) })
	return members, nil
}

// presenceLimit is how long a hub may take to show who is there: where it does not
// permit that, it says nothing.
const presenceLimit = 2 * time.Second

// present is who is there as the hub says; empty where it does not.
func present(ctx context.Context, js jetstream.JetStream) map[string]presence.Change {
	ctx, cancel := context.WithTimeout(ctx, presenceLimit)
	defer cancel()
	there, err := presence.List(ctx, js)
	if err != nil {
		return nil // heartbeats tell it, later
	}
	return there
}

// heed takes what the hub says of a station, unless that spoke a heartbeat or more
// after it was lost: the hub may permit events and not presence by now.
func (m *Member) heed(c presence.Change) {
	var interval time.Duration
	if m.Agent != nil {
		interval = time.Duration(m.Agent.IntervalMS) * time.Millisecond
	}
	if c.State != presence.Present && m.Seen.After(c.Since.Add(interval)) {
		return
	}
	m.Presence = &c
	if c.State != presence.Present {
		m.Health = string(c.State)
	}
}

// trim makes site.line.name of a subject.
func trim(subject string) string {
	parts := strings.Split(subject, ".")
	if len(parts) != 5 {
		return ""
	}
	return strings.Join(parts[1:4], ".")
}

// heartbeats puts the last heartbeat since a time into each member.
func heartbeats(ctx context.Context, stream jetstream.Stream, last uint64, since time.Time, found map[string]*Member) error {
	consumer, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{"qc.*.*.*.state"}, DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &since,
	})
	if err != nil {
		return fmt.Errorf("read heartbeats: %w", err)
	}
	info, err := consumer.Info(ctx)
	if err != nil {
		return fmt.Errorf("read heartbeats: %w", err)
	}
	messages, err := consumer.Messages()
	if err != nil {
		return fmt.Errorf("read heartbeats: %w", err)
	}
	defer messages.Stop()
	for range info.NumPending + uint64(info.NumAckPending) {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return fmt.Errorf("read heartbeats: %w", err)
		}
		take(m.Data(), found)
		if at, err := m.Metadata(); err == nil && (at.NumPending == 0 || at.Sequence.Stream >= last) {
			return nil
		}
	}
	return nil
}

func take(body []byte, found map[string]*Member) {
	event, err := events.Decode(body)
	if err != nil {
		return
	}
	m, known := found[event.Source]
	if !known {
		return
	}
	m.Seen = event.Time
	if state, err := event.State(); err == nil && state.Agent != nil {
		m.Agent, m.Counts = state.Agent, state.Counts
	}
}

// lastSeen is the time of the last thing that a station said; zero when that
// cannot be told.
func lastSeen(ctx context.Context, stream jetstream.Stream, station string) (last time.Time) {
	s, err := events.ParseStation(station)
	if err != nil {
		return last
	}
	for _, t := range events.Types() {
		if m, err := stream.GetLastMsgForSubject(ctx, s.Subject(t)); err == nil && m.Time.After(last) {
			last = m.Time
		}
	}
	return last
}
