package outbox

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// counts of a store since it was opened.
type counts struct {
	size     atomic.Uint64 // bytes of the events in the store, about
	pictures atomic.Uint64 // bytes of the pictures in the store, about
	restarts atomic.Uint64

	mu       sync.Mutex
	unstored map[Class]uint64
	untold   map[Class]uint64 // unstored, and not yet in an alarm
	shed     map[Class]uint64
	evidence map[Class]uint64 // pictures that were shed before the hub had them
	refused  map[Class]uint64 // events that the hub can never take
}

// messageOverhead is about what JetStream stores with a message beside its
// data: subject, headers, record (22 bytes and a hash of 8).
const messageOverhead = 150

func (c *counts) add(bytes int) uint64 { return c.size.Add(uint64(bytes) + messageOverhead) }

func (c *counts) addUnstored(class Class) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unstored == nil {
		c.unstored, c.untold = map[Class]uint64{}, map[Class]uint64{}
	}
	c.unstored[class]++
	c.untold[class]++
}

func (c *counts) addShed(to *map[Class]uint64, n map[Class]uint64) {
	if len(n) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if *to == nil {
		*to = map[Class]uint64{}
	}
	for class, k := range n {
		(*to)[class] += k
	}
}

// takeUntold returns the losses that no alarm has reported yet, and clears them.
func (c *counts) takeUntold() map[Class]uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := c.untold
	c.untold = map[Class]uint64{}
	return taken
}

// Status is how a store does.
type Status struct {
	Incarnation  string
	Sequence     uint64 // of the last event
	Forwarded    uint64 // the hub has all up to this one
	Connected    bool   // Hub.Connected
	Hub          HubStatus
	Problem      string    // why events cannot be stored now, with what to do; "" when they can
	ProblemSince time.Time // zero when there is none
	Bytes        uint64    // of events, about
	Pictures     uint64    // bytes of pictures, about
	Restarts     uint64    // of the embedded server, after failed writes
	Unstored     map[Class]uint64
	Shed         map[Class]uint64
	EvidenceShed map[Class]uint64 // pictures of events that the hub has or will get
	HubRefused   map[Class]uint64 // events that the hub can never take: passed over
}

// Backlog is how many events wait for the hub.
func (s *Status) Backlog() uint64 { return s.Sequence - min(s.Forwarded, s.Sequence) }

// Sequence is that of the last event. It never waits.
func (s *Store) Sequence() uint64 { return s.last.Load() }

// Status returns how the store does now. It waits for no disk.
func (s *Store) Status() Status {
	status := Status{Incarnation: s.currentIncarnation(), Sequence: s.last.Load()}
	status.Problem, status.ProblemSince = s.condition.now()
	status.Forwarded, status.Hub = s.forwarded.Load(), s.hub.status()
	status.Connected = status.Hub.Connected
	status.Bytes, status.Pictures, status.Restarts = s.counts.size.Load(), s.counts.pictures.Load(), s.counts.restarts.Load()
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	status.Unstored, status.Shed, status.EvidenceShed = maps.Clone(s.counts.unstored), maps.Clone(s.counts.shed), maps.Clone(s.counts.evidence)
	status.HubRefused = maps.Clone(s.counts.refused)
	return status
}
