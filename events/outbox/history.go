package outbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"pristine/events/history"
)

// waiting is how many results may wait to be remembered: a second of a fast
// line. What comes beyond is forgotten, since inspection does not wait.
const waiting = 32

// Remembers reports whether the store keeps a history.
func (s *Store) Remembers() bool { return s.options.HistoryBytes > 0 }

// Remember keeps what was seen, in the background; it never waits. The slices of
// seen may not be changed afterwards. What cannot be kept is counted in Status.
func (s *Store) Remember(seen *history.Seen) {
	if !s.Remembers() {
		return
	}
	select {
	case s.seen <- seen:
	default:
		s.counts.forgotten.Add(1)
	}
}

// rememberer keeps what waits; at the end, what is left.
func (s *Store) rememberer() {
	for {
		select {
		case seen := <-s.seen:
			s.storeSeen(seen)
			continue
		case <-s.ctx.Done():
		}
		for {
			select {
			case seen := <-s.seen:
				s.storeSeen(seen)
			default:
				return
			}
		}
	}
}

// storeSeen stores one, where the disk has room beside the events.
func (s *Store) storeSeen(seen *history.Seen) {
	m, err := seen.Message()
	if err == nil && s.free() >= s.options.ReserveBytes {
		ctx, cancel := context.WithTimeout(context.Background(), appendLimit)
		defer cancel()
		if _, err = s.broker.Load().js.PublishMsg(ctx, m, jetstream.WithRetryAttempts(0)); err == nil {
			return
		}
	}
	s.counts.forgotten.Add(1)
}

// prepareHistory opens or makes the stream, or removes it where none is wanted:
// its bytes are then the events'.
func (b *broker) prepareHistory(ctx context.Context, bytes int64) error {
	if bytes > 0 {
		if _, err := b.js.CreateOrUpdateStream(ctx, history.Config(bytes)); err != nil {
			return fmt.Errorf("open the history: %w", err)
		}
		return nil
	}
	if err := b.js.DeleteStream(ctx, history.StreamName); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("remove the history: %w", err)
	}
	return nil
}

// forgetOldest makes room on a disk that is short: the older half goes.
func (s *Store) forgetOldest(ctx context.Context) error {
	if !s.Remembers() {
		return nil
	}
	stream, err := s.broker.Load().js.Stream(ctx, history.StreamName)
	if err == nil {
		state := stream.CachedInfo().State
		err = stream.Purge(ctx, jetstream.WithPurgeSequence(state.FirstSeq+(state.LastSeq-min(state.FirstSeq, state.LastSeq))/2+1))
	}
	if err != nil {
		return fmt.Errorf("remove history: %w", err)
	}
	return nil
}
