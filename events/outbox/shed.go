package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"pristine/events"
)

// Shedding begins at seven eighths of the bytes allowed and ends at three
// quarters: appends need not wait for it, and it need not run for each.
func highWater(allowed int64) uint64 { return uint64(allowed) / 8 * 7 }
func lowWater(allowed int64) uint64  { return uint64(allowed) / 4 * 3 }

// maxRanges of an alarm, so that it stays well below events.MaxBytes.
const maxRanges = 1000

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

// alarmBytes is what the alarms of shed events may take of a store before they are joined.
func alarmBytes(allowed int64) uint64 { return uint64(min(allowed/16, 16<<20)) }

// plan is what to remove.
type plan struct {
	events    map[Class]uint64
	sequences []uint64      // ascending
	joined    []events.Shed // of alarms that are removed, too: the new one also says what they said
}

// plan chooses events of at least so many bytes together.
func (s *Store) plan(ctx context.Context, b *broker, info *jetstream.StreamInfo, bytes uint64) (*plan, error) {
	type entry struct{ sequence, bytes uint64 }
	found, sizes := map[Class][]entry{}, map[Class]uint64{}
	messages, err := readOrdered(ctx, b.stream, jetstream.OrderedConsumerConfig{HeadersOnly: true})
	if err != nil {
		return nil, fmt.Errorf("look for events to remove: %w", err)
	}
	defer messages.Close()
	for sizes[shedOrder[0]] < bytes {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return nil, fmt.Errorf("look for events to remove: %w", err)
		}
		at, err := m.Metadata()
		if err != nil {
			return nil, fmt.Errorf("look for events to remove: %w", err)
		}
		class := Class(m.Headers().Get(classHeader))
		size, _ := strconv.ParseUint(m.Headers().Get(nats.MsgSize), 10, 64)
		found[class] = append(found[class], entry{at.Sequence.Stream, size + messageOverhead})
		sizes[class] += size + messageOverhead
		if at.Sequence.Stream >= info.State.LastSeq {
			break
		}
	}
	p, total := &plan{events: map[Class]uint64{}}, uint64(0)
	for _, class := range shedOrder {
		for _, e := range found[class] {
			if total >= bytes {
				break
			}
			p.sequences = append(p.sequences, e.sequence)
			p.events[class]++
			total += e.bytes
		}
	}
	if len(p.sequences) > 0 && sizes[ClassShed] > alarmBytes(s.options.MaxBytes) {
		for _, e := range found[ClassShed] {
			if err := p.join(ctx, b.stream, e.sequence); err != nil {
				return nil, fmt.Errorf("join alarms of removed events: %w", err)
			}
		}
	}
	slices.Sort(p.sequences)
	return p, nil
}

// join has an earlier alarm replaced by that of this plan. Between two ranges of the
// result lies at least one event that is left, so that their number is bounded by it.
func (p *plan) join(ctx context.Context, stream jetstream.Stream, sequence uint64) error {
	m, err := stream.GetMsg(ctx, sequence)
	if err != nil {
		return err
	}
	event, err := events.Decode(m.Data)
	if err != nil {
		return err
	}
	alarm, err := event.Alarm()
	if err != nil {
		return err
	}
	if alarm.Name != events.AlarmShed || alarm.Shed == nil {
		return nil // what the hub refused has another reason
	}
	p.sequences = append(p.sequences, sequence)
	p.joined = append(p.joined, *alarm.Shed)
	return nil
}

// ranges returns the sequences of the plan and of joined alarms, those that follow one
// another as one range.
func (p *plan) ranges() (all [][2]uint64) {
	var single [][2]uint64
	for _, q := range p.sequences {
		single = append(single, [2]uint64{q, q})
	}
	for _, j := range p.joined {
		single = append(single, j.Ranges...)
	}
	slices.SortFunc(single, func(a, b [2]uint64) int { return cmp.Compare(a[0], b[0]) })
	for _, r := range single {
		if n := len(all); n > 0 && r[0] <= all[n-1][1]+1 {
			all[n-1][1] = max(all[n-1][1], r[1])
		} else {
			all = append(all, r)
		}
	}
	return all
}

// counts returns how many events of each class the plan and joined alarms name.
func (p *plan) counts() map[string]uint64 {
	all := byName(p.events)
	for _, j := range p.joined {
		for class, n := range j.Events {
			all[class] += n
		}
	}
	return all
}

// remove deletes the events: those at the stream's beginning at once.
func (p *plan) remove(ctx context.Context, stream jetstream.Stream, first uint64) error {
	rest := p.sequences
	for len(rest) > 0 && rest[0] == first {
		rest, first = rest[1:], first+1
	}
	if err := stream.Purge(ctx, jetstream.WithPurgeSequence(first)); err != nil {
		return fmt.Errorf("remove events: %w", err)
	}
	for _, q := range rest {
		if err := stream.DeleteMsg(ctx, q); err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
			return fmt.Errorf("remove event %d: %w", q, err)
		}
	}
	return nil
}

// alarms returns the alarms that report a plan.
func (p *plan) alarms() (all []events.Alarm) {
	counts := p.counts()
	detail := "no room: " + describe(counts) + " removed before the hub had them"
	for ranges := range slices.Chunk(p.ranges(), maxRanges) {
		all = append(all, events.Alarm{Name: events.AlarmShed, Detail: detail, Shed: &events.Shed{Events: counts, Ranges: ranges}})
		counts = map[string]uint64{}
	}
	return all
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
