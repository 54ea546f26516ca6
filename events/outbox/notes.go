package outbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"pristine/events"
)

// forwardedKey is the note of how far the hub has come.
const forwardedKey = "forwarded"

// recall reads how far the hub had come when it was last noted.
func (s *Store) recall(ctx context.Context) error {
	entry, err := s.broker.Load().notes.Get(ctx, forwardedKey)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read how far the hub had come: %w", err)
	}
	sequence, err := strconv.ParseUint(string(entry.Value()), 10, 64)
	if err != nil {
		return fmt.Errorf("read how far the hub had come: %w", err)
	}
	s.forwarded.Store(min(sequence, s.sequence))
	return nil
}

// openedKey is the note of the store's last event when it was opened, since which
// it has not reached the hub.
const openedKey = "opened"

// noteOpening notes the store's last event, unless an earlier opening did and has
// not reached the hub either. What was stored until then may be an older copy's.
func (s *Store) noteOpening(ctx context.Context) error {
	notes := s.broker.Load().notes
	entry, err := notes.Get(ctx, openedKey)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		s.opened = s.sequence
		_, err = notes.Put(ctx, openedKey, strconv.AppendUint(nil, s.sequence, 10))
	} else if err == nil {
		s.opened, err = strconv.ParseUint(string(entry.Value()), 10, 64)
		s.opened = min(s.opened, s.sequence)
	}
	if err != nil {
		return fmt.Errorf("note that the store was opened: %w", err)
	}
	s.noted = true
	return nil
}

// reached removes that note. Forward alone calls it.
func (s *Store) reached(ctx context.Context) error {
	if !s.noted {
		return nil
	}
	if err := s.broker.Load().notes.Delete(ctx, openedKey); err != nil {
		return fmt.Errorf("note that the hub was reached: %w", err)
	}
	s.noted = false
	return nil
}

// remember notes how far the hub has come. A note that is old or missing costs
// nothing: the hub is asked first.
func (s *Store) remember(ctx context.Context) {
	_, _ = s.broker.Load().notes.Put(ctx, forwardedKey, strconv.AppendUint(nil, s.forwarded.Load(), 10))
}

func (s *Store) currentIncarnation() string { return s.incarnation.Load().(string) }

// reincarnate starts a new incarnation of the station: the hub has events that
// this store has not, so the store is an older copy of itself, and would give
// ids a second time.
func (s *Store) reincarnate(ctx context.Context, hubHas, storeHas uint64) error {
	s.mu.Lock()
	b := s.broker.Load()
	config := b.stream.CachedInfo().Config
	old := s.currentIncarnation()
	config.Metadata["incarnation"] = nuid.Next()
	_, err := b.js.UpdateStream(ctx, config)
	if err == nil {
		s.incarnation.Store(config.Metadata["incarnation"])
	}
	s.mu.Unlock()
	if err != nil {
		return fmt.Errorf("give the station a new incarnation: %w", err)
	}
	return s.note(ctx, b, events.Alarm{
		Name:   AlarmRolledBack,
		Detail: fmt.Sprintf("the hub has events of %s up to %d, this store up to %d: an older copy of it was put back; from now on the station is another incarnation", old, hubHas, storeHas),
	})
}

// AlarmRolledBack is raised when an older copy of a store was put back.
const AlarmRolledBack = "store_rolled_back"

// Keep stores a value that Kept gives again after a restart, on the disk when
// it returns. Keys are letters, digits, -, _ and dots.
func (s *Store) Keep(ctx context.Context, key string, value []byte) error {
	if _, err := s.broker.Load().notes.Put(ctx, keptKeys+key, value); err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	return nil
}

// Kept returns what Keep stored last; nil when there is nothing.
func (s *Store) Kept(ctx context.Context, key string) ([]byte, error) {
	entry, err := s.broker.Load().notes.Get(ctx, keptKeys+key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return entry.Value(), nil
}

// keptKeys are the notes of others.
const keptKeys = "kept."
