package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// How often a disk that failed is tried again, and the free bytes below which
// that has no prospect.
const (
	settleEvery = 2 * time.Second
	leastFree   = 1 << 20
)

// settle writes the event whose fate is not known again: under its id and its
// expected sequence it is stored once, whatever happened to the first try. The
// embedded server is restarted before that, since a write error stays in a stream
// for as long as its server runs. Meanwhile appends are refused at once:
// inspection does not wait for a disk. The caller holds the lock.
func (s *Store) settle(ctx context.Context) error {
	switch {
	case s.unsettled == nil:
		return nil
	case s.restarting:
		return fmt.Errorf("store event: %w after a failed write on the disk of %s: check that disk", ErrRestarting, s.options.Dir)
	case !s.restarted:
		if time.Since(s.failed) < settleEvery || s.free() < leastFree || s.ctx.Err() != nil {
			return fmt.Errorf("store event: %w: the disk of %s refuses writes: free space on it, or replace it", ErrFull, s.options.Dir)
		}
		s.restarting = true
		s.tasks.Go(s.restart)
		return fmt.Errorf("store event: %w after a failed write on the disk of %s: check that disk", ErrRestarting, s.options.Dir)
	}
	s.restarted = false
	m, class := s.unsettled, Class(s.unsettled.Header.Get(classHeader))
	if last := s.broker.Load().stream.CachedInfo().State.LastSeq; last > s.sequence {
		s.stored(last, m)
		return nil
	}
	err := s.write(ctx, m)
	if errors.Is(err, ErrFull) {
		s.counts.addUnstored(class)
	}
	return err
}

// restart starts the embedded server again, without the lock: that may take a
// minute.
func (s *Store) restart() {
	s.broker.Load().stop()
	b, err := s.options.start(s.ctx, &s.options)
	if err == nil {
		s.counts.size.Store(b.stream.CachedInfo().State.Bytes)
		s.counts.restarts.Add(1)
		s.broker.Store(b)
	}
	s.mu.Lock()
	s.restarting, s.restarted, s.failed = false, err == nil, time.Now()
	s.mu.Unlock()
	s.shedSoon() // to settle at once
}

// mend settles without waiting for an event, and notices that a disk has room
// again.
func (s *Store) mend(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settle(ctx) == nil && s.free() >= s.options.ReserveBytes {
		s.condition.passed()
	}
}

// condition is why events cannot be stored at present.
type condition struct {
	mu      sync.Mutex
	problem string
	since   time.Time
}

func (c *condition) failed(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.problem == "" {
		c.since = time.Now()
	}
	c.problem = err.Error()
}

func (c *condition) passed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.problem, c.since = "", time.Time{}
}

func (c *condition) now() (problem string, since time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.problem, c.since
}
