package agent

import (
	"context"
	"fmt"

	"pristine/gpio"
	"pristine/inspect"
	"pristine/internal/config"
	"pristine/plc"
	"pristine/trigger"
)

// newGate makes the gate of a camera with policy trigger.
func newGate(c *config.Camera, frames inspect.Frames, next inspect.Sink, scorer func() inspect.Scorer) *inspect.Gate {
	return inspect.NewGate(frames, next, inspect.GateOptions{Camera: c.Name, Frames: c.Trigger.Frames, Deadline: c.Trigger.Deadline, Scorer: scorer})
}

// trigger has a part inspected by a camera; it is a trigger.Func.
func (a *Agent) trigger(ctx context.Context, name, part string) (inspect.Answer, error) {
	if !a.board.isOpen() {
		return inspect.Answer{}, fmt.Errorf("trigger camera %q: %w", name, trigger.ErrStarting)
	}
	for _, k := range a.cameras {
		if k.config.Name == name && k.gate != nil {
			return k.gate.Trigger(ctx, part)
		}
	}
	return inspect.Answer{}, fmt.Errorf("trigger camera %q: %w", name, trigger.ErrNoCamera)
}

// serveLines opens the GPIO lines of the cameras that have any.
func (a *Agent) serveLines(context.Context) (stop func() error, err error) {
	var ports []*gpio.Port
	stop = func() error {
		for _, p := range ports {
			if err := p.Close(); err != nil {
				a.log.Error("GPIO lines did not stop cleanly", "err", err)
			}
		}
		return nil
	}
	for _, k := range a.cameras {
		g := k.config.Trigger.GPIO
		if g.Chip == "" {
			continue
		}
		lines := gpio.Lines{Chip: g.Chip, Trigger: g.Trigger, Busy: g.Busy, Pass: g.Pass, Reject: g.Reject, ActiveLow: g.ActiveLow, Debounce: g.Debounce, InShadow: g.InShadow}
		p, err := gpio.Open(lines, k.gate.Trigger, func(err error) { a.log.Error("a GPIO line failed", "camera", k.config.Name, "err", err) })
		if err != nil {
			return stop, fmt.Errorf("camera %s: %w", k.config.Name, err)
		}
		ports = append(ports, p)
	}
	return stop, nil
}

// serveController starts the Modbus server, where there is to be one.
func (a *Agent) serveController(context.Context) (stop func() error, err error) {
	address := a.config.Modbus.Listen.String()
	if address == "" {
		return nil, nil
	}
	var triggers []plc.Trigger
	for _, k := range a.cameras {
		if k.gate != nil {
			triggers = append(triggers, k.gate.Trigger)
			a.terminal.Say("modbus: %s, unit %d is camera %s", address, len(triggers), k.config.Name)
		}
	}
	server, err := plc.Listen(address, triggers)
	if err != nil {
		return nil, err
	}
	return func() error {
		if err := server.Close(); err != nil {
			a.log.Error("Modbus server did not stop cleanly", "err", err)
		}
		return nil
	}, nil
}
