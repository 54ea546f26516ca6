package watch

import (
	"fmt"

	"github.com/mattn/go-runewidth"

	"pristine/events"
	"pristine/internal/printing"
	"pristine/verdict"
)

// describe puts an event on one line of 80 columns.
func describe(r events.Received) string {
	text := r.Time.Local().Format("15:04:05.000")
	if result, err := r.Result(); err == nil {
		text += fmt.Sprintf(" %-7s %-8s %-13s %.2f %s %s", result.Verdict, result.Camera, result.Part, result.Defect, named(result), result.Reason)
		if result.Shadow {
			text += " (shadow)"
		}
	} else if state, err := r.State(); err == nil {
		text += fmt.Sprintf(" state   %s %s: %s %s", state.Subject, state.Name, state.State, state.Detail)
	} else if alarm, err := r.Alarm(); err == nil {
		text += fmt.Sprintf(" ALARM   %s: %s", alarm.Name, alarm.Detail)
	}
	note := ""
	if r.Missing > 0 {
		note = fmt.Sprintf(" [%d missing before]", r.Missing)
	}
	return runewidth.Truncate(printing.Printable(text), 80-len(note), "…") + note
}

// named returns the name of a defect, "" of a part that is not said to have one.
func named(r *events.Result) string {
	if r.Verdict != string(verdict.Fail) && r.Likeliest == "" {
		return ""
	}
	name := r.Name()
	return name.Text()
}

// paint colours a line by what it says.
func paint(colour bool, result *events.Result, r *events.Received, line string) string {
	code := ""
	switch {
	case !colour:
	case r.Type == events.TypeAlarm, result != nil && result.Verdict == string(verdict.Fail):
		code = "31" // red
	case result == nil:
		code = "2" // dim
	case result.Verdict == string(verdict.Pass):
		code = "32" // green
	default:
		code = "33" // yellow
	}
	if code == "" {
		return line
	}
	return "\x1b[" + code + "m" + line + "\x1b[0m"
}
