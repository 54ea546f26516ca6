package agent

import (
	"sync"
	"time"

	"pristine/internal/problem"
)

// tracker follows problems from their beginning to their end. Safe for
// concurrent use.
type tracker struct {
	holdOff time.Duration // between two announced beginnings of one code and camera

	mu        sync.Mutex
	since     map[problem.Key]time.Time // of what there is now
	active    map[problem.Key]*tracked
	announced map[problem.Key]time.Time // when the last beginning was announced
}

// tracked is a problem that the last look found.
type tracked struct {
	announced bool
	problem   problem.Problem // as it was announced
}

func newTracker(holdOff time.Duration) *tracker {
	return &tracker{holdOff: holdOff, since: map[problem.Key]time.Time{}, active: map[problem.Key]*tracked{}, announced: map[problem.Key]time.Time{}}
}

// date sets Since of the current problems.
func (t *tracker) date(now time.Time, all []problem.Problem) []problem.Problem {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dateLocked(now, all)
	return all
}

func (t *tracker) dateLocked(now time.Time, all []problem.Problem) {
	since := make(map[problem.Key]time.Time, len(all))
	for i := range all {
		key := all[i].Key()
		began, known := t.since[key]
		if !known {
			began = now
		}
		since[key], all[i].Since = began, began
	}
	t.since = since
}

// look compares the current problems with the last ones. It returns those whose beginning
// is to be announced, and those announced before that have ended. Within the
// hold-off after an announced beginning the same problem is announced again only
// if it stays until the hold-off is over; an end is announced if its beginning
// was.
func (t *tracker) look(now time.Time, all []problem.Problem) (begun, ended []problem.Problem) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dateLocked(now, all)
	present := make(map[problem.Key]bool, len(all))
	for i := range all {
		key := all[i].Key()
		present[key] = true
		a := t.active[key]
		if a == nil {
			a = &tracked{}
			t.active[key] = a
		}
		last, before := t.announced[key]
		if !a.announced && (!before || now.Sub(last) >= t.holdOff) {
			a.announced, a.problem, t.announced[key] = true, all[i], now
			begun = append(begun, all[i])
		}
	}
	for key, a := range t.active {
		if present[key] {
			continue
		}
		delete(t.active, key)
		if a.announced {
			ended = append(ended, a.problem)
		}
	}
	problem.Sort(ended)
	return begun, ended
}
