package doctor

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// released is a date before which this program did not exist. A machine whose clock
// lost its battery starts years earlier.
var released = time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)

// clock examines the clock alone, without the hub.
func (e *examination) clock(context.Context) {
	if now := e.Now(); now.Before(released) {
		e.add("clock_past", "the clock says %s", now.Format(time.DateTime))
	}
	switch ok, err := e.Synchronised(); {
	case err != nil: // the kernel does not say, as in some containers
	case ok:
		e.good("clock_good", groupClock, "the clock is synchronised")
	default:
		e.add("clock_unsynchronised", "the kernel's clock is not synchronised by NTP")
	}
}

// synchronised reports whether NTP, PTP or the like steers the kernel's clock.
func synchronised() (bool, error) {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0, err
}
