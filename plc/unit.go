package plc

import (
	"context"
	"strconv"
	"sync"

	"github.com/simonvetter/modbus"

	"pristine/inspect"
)

// Trigger has a part inspected and waits for its verdict; inspect.Gate has one.
type Trigger func(ctx context.Context, part string) (inspect.Answer, error)

// Discrete inputs of a unit.
const (
	Ready = iota
	Busy
	ResultValid
	ResultOK
	Heartbeat
	Shadow
	inputs
)

// Input registers of a unit.
const (
	VerdictCode = iota
	DefectPermille
	PartHigh
	PartLow
	Taken
	Refused
	ShadowVerdictCode
	registers
)

// verdictCodes are the values of VerdictCode and ShadowVerdictCode.
var verdictCodes = map[inspect.Verdict]uint16{inspect.Pass: 1, inspect.Review: 2, inspect.Fail: 3, inspect.Invalid: 4}

// unit is the signals of one camera.
type unit struct {
	trigger Trigger
	run     func(func()) // starts a goroutine that the server owns

	mu      sync.Mutex
	coil    bool
	wanted  [2]uint16 // holding registers
	inputs  [inputs]bool
	results [registers]uint16
}

// set takes the controller's write to the trigger coil.
func (u *unit) set(ctx context.Context, on bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	rising, falling := on && !u.coil, !on && u.coil
	u.coil = on
	switch {
	case rising && !u.inputs[Ready]:
		u.results[Refused]++
	case rising:
		u.inputs[Ready], u.inputs[Busy] = false, true
		u.results[Taken]++
		part := u.wanted
		u.run(func() { u.inspect(ctx, part) })
	case falling && !u.inputs[Busy]:
		u.idle()
	}
}

// idle withdraws the result. The caller holds the lock.
func (u *unit) idle() {
	u.inputs[Ready], u.inputs[ResultValid], u.inputs[ResultOK], u.inputs[Shadow] = true, false, false, false
	u.results[VerdictCode], u.results[ShadowVerdictCode], u.results[DefectPermille] = 0, 0, 0
}

func (u *unit) inspect(ctx context.Context, part [2]uint16) {
	name := ""
	if n := uint32(part[0])<<16 | uint32(part[1]); n != 0 {
		name = strconv.FormatUint(uint64(n), 10)
	}
	answer, err := u.trigger(ctx, name)
	if err != nil {
		answer.Verdict = inspect.Invalid
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.inputs[Busy], u.inputs[ResultValid] = false, true
	u.inputs[ResultOK] = answer.Action() == inspect.AcceptPart
	code := VerdictCode
	if answer.Action() == inspect.NoAction { // a controller that goes by the code alone must not act on it
		u.inputs[Shadow], code = true, ShadowVerdictCode
	}
	u.results[code], u.results[DefectPermille] = verdictCodes[answer.Verdict], uint16(answer.Defect*1000+0.5)
	u.results[PartHigh], u.results[PartLow] = part[0], part[1]
	if !u.coil { // the controller has gone on already
		u.idle()
	}
}

// window cuts the values that a request asks for.
func window[T any](values []T, from, count uint16) ([]T, error) {
	if int(from)+int(count) > len(values) {
		return nil, modbus.ErrIllegalDataAddress
	}
	return append([]T(nil), values[from:from+count]...), nil
}
