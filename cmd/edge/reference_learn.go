package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pristine/events"
	"pristine/events/control"
	"pristine/internal/usage"
)

type referenceLearnCommand struct {
	hubFlags `embed:""`
	Station  string        `required:"" placeholder:"SITE.LINE.NAME" help:"Station of the agent, as edge fleet lists it."`
	Camera   string        `placeholder:"NAME" help:"Its camera (default: the only one)."`
	Wait     time.Duration `default:"10s" help:"How long to wait for the agent's answer (default: ${default})."`
}

// Help implements kong.HelpProvider.
func (*referenceLearnCommand) Help() string {
	return "An agent learns good parts (learn_parts), the health of its pictures and the empty belt once, and keeps them over restarts. " +
		"Make it learn again after you moved the camera or changed the light, or when good parts look different from now on. " +
		"Until it has learned, the camera's parts are INVALID learning: let good parts pass only."
}

// Run asks an agent to learn again.
func (c *referenceLearnCommand) Run(ctx context.Context, s *streams) error {
	station, err := events.ParseStation(c.Station)
	if err != nil {
		return usage.Error(err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.Wait)
	defer cancel()
	if err := control.Learn(ctx, c.hub(), station, c.Camera); errors.Is(err, control.ErrRequest) {
		return usage.Error(err)
	} else if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s learns again: run only good parts until its page shows that it inspects\n", station.Token())
	return nil
}
