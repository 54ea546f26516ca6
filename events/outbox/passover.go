package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// AlarmUnreadable is raised when an event in the store cannot be read any more.
const AlarmUnreadable = "event_unreadable"

func (s *Store) skipUnreadable(ctx context.Context, sequence uint64, why error) error {
	s.forwarded.Store(sequence)
	return s.note(ctx, s.broker.Load(), events.Alarm{Name: AlarmUnreadable, Detail: fmt.Sprintf("event %d of the store is left out: %v", sequence, why)})
}

// Notes of events that the hub can never take: the alarm that is to say so, and
// the last run of such sequences, which is not tried again after a reconnect.
const (
	refusedAlarmKey = intentKeys + "hub-refused"
	passedOverKey   = "passed-over"
)

// mostRefused ranges go into one alarm: it must fit where larger events do not.
const mostRefused = 50

// passedOver is a run of events that the hub did not take.
type passedOver struct {
	Incarnation string `json:"incarnation"`
	First       uint64 `json:"first"`
	Last        uint64 `json:"last"`
}

// passOver leaves out an event that the hub can never take. The alarm is noted
// first: whenever the power goes, subscribers learn why they miss the event.
func (s *Store) passOver(ctx context.Context, e *events.Event, class Class, why *events.HubError) error {
	b := s.broker.Load()
	if alarm, err := e.Alarm(); err != nil || alarm.Name != events.AlarmHubRefused { // an alarm about the alarm would not fit either
		if err := s.noteRefused(ctx, b, e.Sequence, class, why); err != nil {
			return err
		}
	}
	run := passedOver{Incarnation: s.currentIncarnation(), First: e.Sequence, Last: e.Sequence}
	if before := s.lastPassedOver(ctx); before.Incarnation == run.Incarnation && before.First <= e.Sequence && s.forwarded.Load() <= before.Last {
		run.First = before.First
	}
	value, err := json.Marshal(run)
	if err == nil {
		_, err = b.notes.Put(ctx, passedOverKey, value)
	}
	if err != nil {
		return fmt.Errorf("note an event that the hub cannot take: %w", err)
	}
	s.counts.addShed(&s.counts.refused, map[Class]uint64{class: 1})
	s.forwarded.Store(e.Sequence)
	return nil
}

// noteRefused adds an event to the alarm that is still to be raised, if there is
// one.
func (s *Store) noteRefused(ctx context.Context, b *broker, sequence uint64, class Class, why *events.HubError) error {
	s.raising.Lock()
	defer s.raising.Unlock()
	alarm := events.Alarm{Name: events.AlarmHubRefused, Detail: why.Error(), Shed: &events.Shed{Events: map[string]uint64{}}}
	entry, err := b.notes.Get(ctx, refusedAlarmKey)
	if err != nil && !errors.Is(err, jetstream.ErrKeyNotFound) {
		return fmt.Errorf("note an alarm: %w", err)
	}
	if err == nil {
		var noted events.Alarm
		if json.Unmarshal(entry.Value(), &noted) == nil && noted.Shed != nil && len(noted.Shed.Ranges) < mostRefused {
			alarm.Shed = noted.Shed
		} else if _, err := b.notes.Put(ctx, uniqueKey(), entry.Value()); err != nil {
			return fmt.Errorf("note an alarm: %w", err)
		}
	}
	alarm.Shed.Events[string(class)]++
	if n := len(alarm.Shed.Ranges); n > 0 && alarm.Shed.Ranges[n-1][1]+1 == sequence {
		alarm.Shed.Ranges[n-1][1] = sequence
	} else {
		alarm.Shed.Ranges = append(alarm.Shed.Ranges, [2]uint64{sequence, sequence})
	}
	value, err := json.Marshal(alarm)
	if err == nil {
		_, err = b.notes.Put(ctx, refusedAlarmKey, value)
	}
	if err != nil {
		return fmt.Errorf("note an alarm: %w", err)
	}
	s.shedSoon() // to raise it
	return nil
}

func (s *Store) lastPassedOver(ctx context.Context) (run passedOver) {
	if entry, err := s.broker.Load().notes.Get(ctx, passedOverKey); err == nil {
		_ = json.Unmarshal(entry.Value(), &run) // an unreadable note costs another try
	}
	return run
}

// passedOver returns up to where events behind a sequence were passed over.
func (s *Store) passedOver(ctx context.Context, sequence uint64) uint64 {
	if run := s.lastPassedOver(ctx); run.Incarnation == s.currentIncarnation() && run.First <= sequence+1 {
		return run.Last
	}
	return sequence
}
