package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// maxRanges of an alarm, so that it stays well below events.MaxBytes.
const maxRanges = 1000

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
