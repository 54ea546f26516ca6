package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/agent"
	"pristine/capture"
	"pristine/capture/address"
	"pristine/capture/source"
	"pristine/inspect/health"
	"pristine/internal/config"
	"pristine/internal/printing"
	"pristine/internal/usage"
)

type cameraHealthCommand struct {
	Source string        `arg:"" help:"Address of the camera. All must be well with it."`
	For    time.Duration `default:"1m" help:"How long to learn (default: ${default})."`
}

// Help is shown by edge camera health --help.
func (cameraHealthCommand) Help() string {
	return "Let the line run as it should. The table shows the worst value of each signal while all was well, and the limit that follows from it. " +
		"A value near its limit means that this check sees little at this camera.\n\n" +
		"Edit them under cameras[].health: blur, moved, shift, light, banding, colour_order."
}

// Run learns a baseline and shows it.
func (c *cameraHealthCommand) Run(ctx context.Context, s *streams) error {
	a, err := address.Parse(c.Source)
	if err != nil {
		return usage.Error(fmt.Errorf("source %s: %w", capture.Redact(c.Source), err))
	}
	var camera config.Camera
	camera.SetDefaults()
	limits := agent.HealthLimits(&camera.Health)
	limits.Learn = c.For
	baseline := health.NewBaseline(limits)
	frames, err := observeBaseline(ctx, a, c.For, baseline)
	if err != nil {
		return err
	}
	if !baseline.Learned() {
		return fmt.Errorf("learn from %s: %d frames are too few: give it more time with --for", capture.Redact(c.Source), frames)
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

// patience is how much longer than --for a slow source may take.
const patience = 20 * time.Second

// observeBaseline feeds the baseline with frames of a source until it has learned or
// the source ends.
func observeBaseline(ctx context.Context, a address.Address, lasting time.Duration, b *health.Baseline) (frames int, err error) {
	s, err := source.OpenBounded(ctx, a, source.Options{})
	if err != nil {
		return 0, err
	}
	defer s.Close()
	var f capture.Frame
	for start := time.Now(); !b.Learned() && time.Since(start) < lasting+patience; frames++ {
		if err := s.Read(ctx, &f); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return frames, err
		}
		if f.Damaged == "" {
			b.Observe(&f)
		}
	}
	return frames, nil
}
