package outbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// After calls f with each stored result whose sequence is higher, in their order.
// Results that were removed because the hub has them, or for want of room, are not
// there. A sequence that the store has not reached is one of an earlier store, which was
// removed: then f is called with all results.
func (s *Store) After(ctx context.Context, sequence uint64, f func(*events.Event)) error {
	last := s.last.Load()
	if sequence > last {
		sequence = 0
	}
	for next := sequence + 1; next <= last; {
		m, err := s.broker.Load().stream.GetMsg(ctx, next, jetstream.WithGetMsgSubject(s.options.Station.Subject(events.TypeResult)))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read stored events: %w", err)
		}
		if e, err := events.Decode(m.Data); err == nil {
			f(e)
		}
		next = m.Sequence + 1
	}
	return nil
}
