package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/agent"
	"pristine/capture/address"
	"pristine/inspect/health"
	"pristine/internal/config"
	"pristine/internal/printing"
)

type cameraHealthCommand struct {
	Source address.Address `arg:"" help:"Address of the camera. Its pictures must be good meanwhile."`
	For    time.Duration   `default:"1m" help:"How long to learn (default: ${default})."`
}

// Help is shown by edge camera health --help.
func (cameraHealthCommand) Help() string {
	return "Let the line run as it should. The table shows the worst value of each signal while all was well, and the limit that follows from it. " +
		"A value near its limit means that this check sees little at this camera.\n\n" +
		"Edit them under cameras[].health: blur, moved, shift, light, banding, colour_order."
}

// Run learns a baseline and shows it.
func (c *cameraHealthCommand) Run(ctx context.Context, s *streams) error {
	var camera config.Camera
	camera.SetDefaults()
	limits := agent.HealthLimits(&camera.Health)
	limits.Learn = c.For
	baseline := health.NewBaseline(limits)
	frames, err := agent.LearnBaseline(ctx, c.Source, c.For, baseline)
	if err != nil {
		return err
	}
	if !baseline.Learned() {
		return fmt.Errorf("learn from %s: %d frames are too few: give it more time with --for", c.Source, frames)
	}
	t := printing.Table(s.out, "Signal", "Worst seen", "Limit", "Reason beyond it")
	for _, signal := range baseline.Signals() {
		limit := fmt.Sprintf("%.3f", signal.Limit)
		if signal.Limit == 0 {
			limit = "this view cannot tell"
		}
		t.AppendRow(table.Row{signal.Name, fmt.Sprintf("%.3f", signal.Learned), limit, signal.Reason})
	}
	t.Render()
	fmt.Fprintf(s.out, "%d frames\n", frames)
	return nil
}
