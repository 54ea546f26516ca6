package outbox

import (
	"slices"

	"pristine/events"
	"pristine/verdict"
)

// Class is what an event is worth when there is no room for all.
type Class string

// The classes in the order in which they are shed: oldest first within one,
// and no class before the one above is gone.
const (
	ClassPass            = Class(verdict.Pass)
	ClassHeartbeat Class = "heartbeat"
	ClassInvalid         = Class(verdict.Invalid)
	ClassReview          = Class(verdict.Review)
	ClassState     Class = "state"
	ClassAlarm     Class = "alarm"
	ClassFail            = Class(verdict.Fail)
	ClassShed      Class = "shed" // alarms that explain a gap: never shed
)

var shedOrder = []Class{ClassPass, ClassHeartbeat, ClassInvalid, ClassReview, ClassState, ClassAlarm, ClassFail}

// Classes returns the classes that are shed, in that order.
func Classes() []Class { return slices.Clone(shedOrder) }

// classHeader carries the class beside the event, so that shedding need not
// read events.
const classHeader = "Qc-Class"

func classOf(t events.Type, data any) Class {
	switch d := data.(type) {
	case events.Result:
		return Class(d.Verdict)
	case *events.Result:
		return Class(d.Verdict)
	case events.State:
		if d.State == events.StateHeartbeat {
			return ClassHeartbeat
		}
	case events.Alarm:
		if d.Shed != nil && len(d.Shed.Ranges) > 0 {
			return ClassShed
		}
	}
	if t == events.TypeAlarm {
		return ClassAlarm
	}
	return ClassState
}

// classOfEvent is classOf for an event that is stored.
func classOfEvent(e *events.Event) Class {
	if r, err := e.Result(); err == nil {
		return Class(r.Verdict)
	}
	if state, err := e.State(); err == nil {
		return classOf(e.Type, *state)
	}
	if alarm, err := e.Alarm(); err == nil {
		return classOf(e.Type, *alarm)
	}
	return classOf(e.Type, nil)
}
