package shift

import (
	"fmt"
	"slices"
	"time"
)

// Time is a time of day, since midnight by the clock.
type Time time.Duration

const layout = "15:04"

// UnmarshalText reads a time such as 06:00.
func (t *Time) UnmarshalText(text []byte) error {
	at, err := time.Parse(layout, string(text))
	if err != nil {
		return fmt.Errorf("must be a time of day, such as 06:00 (got %q)", text)
	}
	*t = Time(at.Hour())*Time(time.Hour) + Time(at.Minute())*Time(time.Minute)
	return nil
}

// String returns the time as it is written, such as 06:00.
func (t Time) String() string { return time.Time{}.Add(time.Duration(t)).Format(layout) }

// MarshalText returns what String does.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// Calendar is the times at which shifts begin, in order. An empty one has shifts of the
// last eight hours.
type Calendar []Time

// Length of a shift where there is no calendar.
const Length = 8 * time.Hour

// Check returns an error where the times are not in order, each once.
func (c Calendar) Check() error {
	for i := range c {
		if i > 0 && c[i] <= c[i-1] {
			return fmt.Errorf("%s follows %s: list the times in order, each once", c[i], c[i-1])
		}
	}
	return nil
}

// Of returns when the shift of a moment began and when it ends.
func (c Calendar) Of(now time.Time) (from, to time.Time) {
	if len(c) == 0 {
		return now.Add(-Length), now
	}
	starts := make([]time.Time, 0, 3*len(c))
	for day := -1; day <= 1; day++ {
		for _, at := range c {
			starts = append(starts, time.Date(now.Year(), now.Month(), now.Day()+day, 0, int(time.Duration(at)/time.Minute), 0, 0, now.Location()))
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
