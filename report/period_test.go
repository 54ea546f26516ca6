package report

import (
	"context"
	"errors"
	"testing"
	"time"

	"pristine/history"
	"pristine/internal/shift"
)

func TestPeriod(t *testing.T) {
	h, _ := example(t)
	three := shift.Calendar{shift.Time(6 * time.Hour), shift.Time(14 * time.Hour), shift.Time(22 * time.Hour)}
	day := noon.Truncate(24 * time.Hour)
	for name, c := range map[string]struct {
		ask      Ask
		shifts   shift.Calendar
		from, to time.Time
	}{
		"nothing is this shift":      {Ask{}, three, day.Add(6 * time.Hour), noon},
		"this shift":                 {Ask{Shift: ThisShift}, three, day.Add(6 * time.Hour), noon},
		"last shift":                 {Ask{Shift: LastShift}, three, day.Add(-2 * time.Hour), day.Add(6 * time.Hour)},
		"without a calendar":         {Ask{Shift: LastShift}, nil, noon.Add(-16 * time.Hour), noon.Add(-8 * time.Hour)},
		"a duration":                 {Ask{Shift: ThisShift, Since: time.Hour}, three, noon.Add(-time.Hour), noon},
		"its own beginning":          {Ask{From: day}, three, day, noon},
		"the last shift, to its end": {Ask{Shift: LastShift, To: day}, three, day.Add(-2 * time.Hour), day},
		"a lot":                      {Ask{Lot: "p12[1-3]", Shift: ThisShift}, three, noon.Add(121 * time.Second), noon.Add(124 * time.Second)},
	} {
		p, err := c.ask.Period(context.Background(), h.Reader, c.shifts, noon)
		if err != nil || !p.From.Equal(c.from) || !p.To.Equal(c.to) {
			t.Errorf("%s: %v to %v, %v: want %v to %v", name, p.From, p.To, err, c.from, c.to)
		}
	}
	for name, c := range map[string]struct {
		ask  Ask
		want error
	}{"an unknown shift": {Ask{Shift: "night"}, ErrPeriod}, "backwards": {Ask{From: noon, To: day}, ErrPeriod}, "no such lot": {Ask{Lot: "LOT7-*"}, history.ErrNoResult}} {
		if _, err := c.ask.Period(context.Background(), h.Reader, three, noon); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
