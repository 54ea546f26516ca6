package watchfolder

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// candidate is a picture that was not given out.
type candidate struct {
	mark
	since time.Time // when it was first seen with this mark
	due   time.Time // when it may be given out
	ready bool
}

// watch makes a file a candidate, to be given out when it has settled and not before
// a time.
func (s *source) watch(rel string, m mark, before time.Time) {
	c := &candidate{mark: m, since: time.Now()}
	s.files[rel] = c
	s.delay(c, before)
}

// delay has a candidate wait until it has settled, and at least until a time.
func (s *source) delay(c *candidate, before time.Time) {
	c.ready, c.due = false, c.since.Add(s.options.Settle)
	if before.After(c.due) {
		c.due = before
	}
	if s.due.IsZero() || c.due.Before(s.due) {
		s.due = c.due
	}
}

// settle makes candidates ready that no longer change, the oldest first. It looks at
// all of them only when one is due: a full folder has thousands.
func (s *source) settle() {
	now := time.Now()
	if !s.due.IsZero() && !now.Before(s.due) {
		s.due, s.oldest = time.Time{}, time.Time{}
		for rel, c := range s.files {
			switch {
			case c.ready:
			case !now.Before(c.due):
				c.ready = true
				s.ready = append(s.ready, rel)
			default:
				if s.due.IsZero() || c.due.Before(s.due) {
					s.due = c.due
				}
				if at := time.Unix(0, c.Time); s.oldest.IsZero() || at.Before(s.oldest) {
					s.oldest = at
				}
			}
		}
		s.sortReady()
	}
	oldest := s.oldest
	if len(s.ready) > 0 {
		if c := s.files[s.ready[0]]; c != nil {
			oldest = time.Unix(0, c.Time)
		}
	}
	l := s.options.Ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.status.Waiting = len(s.files); l.status.Waiting == 0 {
		oldest = time.Time{}
	}
	l.status.Oldest = oldest
}

// sortReady puts the oldest pictures first, and leaves out those that are gone or
// were written to again.
func (s *source) sortReady() {
	s.ready = slices.DeleteFunc(s.ready, func(rel string) bool { return s.files[rel] == nil || !s.files[rel].ready })
	slices.SortFunc(s.ready, func(a, b string) int {
		return cmp.Or(cmp.Compare(s.files[a].Time, s.files[b].Time), strings.Compare(a, b))
	})
}

// next returns how long it is until a candidate may be ready, or the folder is to
// be listed.
func (s *source) next(now time.Time) time.Duration {
	next := s.listed.Add(s.pause).Sub(now)
	if !s.due.IsZero() {
		next = min(next, s.due.Sub(now))
	}
	return next
}
