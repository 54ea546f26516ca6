// Package shift finds the shift that a moment belongs to.
//
//	calendar := shift.Calendar{shift.Time(6 * time.Hour), shift.Time(14 * time.Hour), shift.Time(22 * time.Hour)}
//	from, to := calendar.Of(time.Now())
//
// Promises: shifts begin at the clock times of the moment's zone, also on the days
// that daylight saving makes longer or shorter; each ends where the next begins.
//
// Non-promises: all days are alike.
//
// A Calendar is safe for concurrent use.
package shift
