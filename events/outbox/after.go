package outbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// After calls f with each stored event of an incarnation whose sequence is higher,
// in their order. Events that were removed because the hub has them, or for want of
// room, are not there. Where the incarnation is not the present one it calls f with all
// that are stored.
func (s *Store) After(ctx context.Context, incarnation string, sequence uint64, f func(*events.Event)) error {
	if incarnation != s.currentIncarnation() {
		sequence = 0
	}
	last := s.last.Load()
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
