package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"pristine/events"
)

// Shedding begins at seven eighths of the bytes allowed and ends at three
// quarters: appends need not wait for it, and it need not run for each.
func highWater(allowed int64) uint64 { return uint64(allowed) / 8 * 7 }
func lowWater(allowed int64) uint64  { return uint64(allowed) / 4 * 3 }

// shedEvery is how often the shedder looks without being woken.
const shedEvery = 5 * time.Second

func (s *Store) shedSoon() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// shedder makes room in the background, and raises the alarms about it.
func (s *Store) shedder() {
	ticker := time.NewTicker(shedEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.wake:
		case <-ticker.C:
		case <-s.ctx.Done():
			return
		}
		s.makeRoom(s.ctx)
	}
}

// makeRoom removes what has to go, and raises the alarms about it. Errors are those of a
// full or failing disk, which Append reports.
func (s *Store) makeRoom(ctx context.Context) {
	if s.counts.size.Load() > highWater(s.options.MaxBytes) {
		_ = s.shed(ctx, lowWater(s.options.MaxBytes))
	}
	if s.options.Short != nil && !s.HasRoom() {
		_ = s.options.Short(ctx)
	}
	if s.free() < s.options.ReserveBytes {
		target := s.counts.size.Load() / 4 * 3
		if target < s.fewBytes() {
			target = math.MaxUint64 // only what the hub has: a few bytes less would cost an alarm for each event
		}
		_ = s.shed(ctx, target)
		_ = s.retainEvidence(ctx, 2)
	}
	_ = s.retainEvidence(ctx, 1)
	s.mend(ctx)
	s.alarmLosses(ctx)
}

// fewBytes of events are never removed for a disk below its reserve: they are next to
// nothing beside it, so that something else fills the disk.
func (s *Store) fewBytes() uint64 { return uint64(min(4<<20, s.options.ReserveBytes/64)) }

// shed removes events until target bytes are left: first those that the hub
// has, then by class.
func (s *Store) shed(ctx context.Context, target uint64) error {
	s.shedding.Lock()
	defer s.shedding.Unlock()
	b := s.broker.Load()
	if forwarded := s.forwarded.Load(); forwarded > 0 {
		if err := b.stream.Purge(ctx, jetstream.WithPurgeSequence(forwarded+1)); err != nil {
			return fmt.Errorf("remove forwarded events: %w", err)
		}
	}
	info, err := b.stream.Info(ctx)
	if err != nil {
		return fmt.Errorf("remove events: %w", err)
	}
	s.counts.size.Store(info.State.Bytes)
	if info.State.Bytes <= target || info.State.Msgs == 0 {
		return nil
	}
	plan, err := s.plan(ctx, b, info, info.State.Bytes-target)
	if err != nil || len(plan.events) == 0 {
		return err
	}
	// The intent is on the disk before the first event goes: whenever the power
	// goes, subscribers are told why they miss something.
	if err := s.intend(ctx, b, plan); err != nil {
		return err
	}
	if err := plan.remove(ctx, b.stream, info.State.FirstSeq); err != nil {
		return err
	}
	s.counts.addShed(&s.counts.shed, plan.events)
	if info, err = b.stream.Info(ctx); err == nil {
		s.counts.size.Store(info.State.Bytes)
	}
	s.shedSoon() // to tell
	return nil
}

// intentKeys are the notes of alarms that are still to be raised.
const intentKeys = "alarm."

func (s *Store) intend(ctx context.Context, b *broker, p *plan) error {
	for _, alarm := range p.alarms() {
		if err := s.note(ctx, b, alarm); err != nil {
			return err
		}
	}
	return nil
}

// note writes down an alarm that is to be raised.
func (s *Store) note(ctx context.Context, b *broker, alarm events.Alarm) error {
	value, err := json.Marshal(alarm)
	if err == nil {
		_, err = b.notes.Put(ctx, uniqueKey(), value)
	}
	if err != nil {
		return fmt.Errorf("note an alarm: %w", err)
	}
	return nil
}

func uniqueKey() string { return intentKeys + nuid.Next() }

// alarmLosses raises the alarms that are noted, and the one of what was not stored.
func (s *Store) alarmLosses(ctx context.Context) {
	b := s.broker.Load()
	if why := s.hub.takeAlarm(); why != nil {
		_ = s.note(ctx, b, events.Alarm{Name: events.AlarmHubPictures, Detail: "events go to the hub without their pictures: " + why.Error()})
	}
	keys, err := b.notes.ListKeysFiltered(ctx, intentKeys+"*")
	if err == nil {
		for key := range keys.Keys() {
			if s.raise(ctx, b, key) != nil {
				_ = keys.Stop()
				break
			}
		}
	}
	if s.roomFor(ClassAlarm) != nil {
		return // an attempt would count as one more, and wake the shedder again
	}
	if untold := s.counts.takeUntold(); len(untold) > 0 {
		_, err := s.Append(ctx, events.TypeAlarm, events.Alarm{
			Name: events.AlarmUnstored, Detail: describe(untold) + " could not be stored", Shed: &events.Shed{Events: byName(untold)},
		})
		if err != nil {
			s.counts.mu.Lock()
			for class, n := range untold {
				s.counts.untold[class] += n
			}
			s.counts.mu.Unlock()
		}
	}
}

// raise raises an alarm that is noted. Without room for it, it stays noted: it is not
// lost, and not counted as such.
func (s *Store) raise(ctx context.Context, b *broker, key string) error {
	if err := s.roomFor(ClassShed); err != nil {
		return err
	}
	s.raising.Lock() // nothing is added to an alarm between its event and its note's end
	defer s.raising.Unlock()
	entry, err := b.notes.Get(ctx, key)
	if err != nil {
		return err
	}
	var alarm events.Alarm
	if err := json.Unmarshal(entry.Value(), &alarm); err != nil {
		return b.notes.Purge(ctx, key)
	}
	if _, err := s.Append(ctx, events.TypeAlarm, alarm); err != nil {
		return err
	}
	return b.notes.Purge(ctx, key)
}

func byName(counts map[Class]uint64) map[string]uint64 {
	named := make(map[string]uint64, len(counts))
	for class, n := range counts {
		named[string(class)] = n
	}
	return named
}

// describe lists counts in words: 3 PASS, 1 FAIL.
func describe[C ~string](counts map[C]uint64) string {
	var parts []string
	for _, class := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[class], class))
	}
	return strings.Join(parts, ", ")
}
