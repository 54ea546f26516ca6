// Package shift finds the shift that a moment belongs to.
//
//	c, err := shift.Parse([]string{"06:00", "14:00", "22:00"})
//	from, to := c.Of(time.Now())
//
// Promises: shifts begin at the clock times of the moment's zone, also on the days
// that daylight saving makes longer or shorter; each ends where the next begins.
//
// Non-promises: all days are alike.
//
// A Calendar is safe for concurrent use.
package shift

import (
	"fmt"
	"slices"
	"time"
)

// Calendar is the times of day at which shifts begin, in order. An empty one has
// shifts of the last eight hours.
type Calendar []time.Duration // since midnight, by the clock

// Length of a shift where there is no calendar.
const Length = 8 * time.Hour

const layout = "15:04"

// Parse reads times such as 06:00, in order.
func Parse(times []string) (Calendar, error) {
	var c Calendar
	for i, text := range times {
		t, err := time.Parse(layout, text)
		if err != nil {
			return nil, fmt.Errorf("%q is no time of day, such as 06:00", text)
		}
		at := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
		if i > 0 && at <= c[i-1] {
			return nil, fmt.Errorf("%s follows %s: list the times in order, each once", text, times[i-1])
		}
		c = append(c, at)
	}
	return c, nil
}

// Of returns when the shift of a moment began and when it ends.
func (c Calendar) Of(now time.Time) (from, to time.Time) {
	if len(c) == 0 {
		return now.Add(-Length), now
	}
	starts := make([]time.Time, 0, 3*len(c))
	for day := -1; day <= 1; day++ {
		for _, at := range c {
			starts = append(starts, time.Date(now.Year(), now.Month(), now.Day()+day, 0, int(at/time.Minute), 0, 0, now.Location()))
		}
	}
	next := slices.IndexFunc(starts, func(t time.Time) bool { return t.After(now) })
	return starts[next-1], starts[next]
}

// Before returns the shift before that of a moment.
func (c Calendar) Before(now time.Time) (from, to time.Time) {
	from, _ = c.Of(now)
	if len(c) == 0 {
		return from.Add(-Length), from
	}
	return c.Of(from.Add(-time.Second))
}
