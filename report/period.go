package report

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pristine/history"
	"pristine/internal/shift"
)

// Ask is a period as people name it: a lot, else the last shift, else Since, else this
// shift. From and To override the bounds of that.
type Ask struct {
	Lot    string // a pattern of parts' names, such as LOT7-*
	Shift  string // ThisShift or LastShift
	Since  time.Duration
	From   time.Time
	To     time.Time
	Camera string
}

// Shifts that can be asked for.
const (
	ThisShift = "this"
	LastShift = "last"
)

// ErrPeriod is returned within an error when a period cannot be understood.
var ErrPeriod = errors.New("the period cannot be understood")

// Period returns what was asked for; nothing set is this shift. A lot lasts from its
// first part to its last: what else was inspected meanwhile belongs to the period.
func (a Ask) Period(ctx context.Context, h *history.Reader, shifts shift.Calendar, now time.Time) (history.Period, error) {
	p := history.Period{To: now, Camera: a.Camera}
	switch {
	case a.Lot != "":
		first, last, err := h.Span(ctx, a.Lot)
		if err != nil {
			return p, err
		}
		p.From, p.To = first, last.Add(time.Second)
	case a.Shift == LastShift:
		p.From, p.To = shifts.Before(now)
	case a.Since > 0:
		p.From = now.Add(-a.Since)
	case a.Shift == "" || a.Shift == ThisShift:
		p.From, _ = shifts.Of(now)
	default:
		return p, fmt.Errorf("%w: shift %q is neither %s nor %s", ErrPeriod, a.Shift, ThisShift, LastShift)
	}
	if !a.From.IsZero() {
		p.From = a.From
	}
	if !a.To.IsZero() {
		p.To = a.To
	}
	if !p.From.Before(p.To) {
		return p, fmt.Errorf("%w: it ends (%s) before it begins (%s)", ErrPeriod, p.To.Format(time.DateTime), p.From.Format(time.DateTime))
	}
	return p, nil
}
