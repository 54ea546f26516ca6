package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pristine/evaluate"
	"pristine/internal/check"
	"pristine/internal/printing"
	"pristine/internal/usage"
)

type calibrateCommand struct {
	Set          string `arg:"" placeholder:"SET" help:"Prompt set. Receives thresholds, calibration and validation; comments stay."`
	dataFlags    `embed:""`
	Target       []string `required:"" sep:"none" placeholder:"TARGET" help:"Target, such as \"overkill<=1%\" or \"escape<=0.5%\"; may be repeated."`
	References   string   `placeholder:"DIR" help:"Folder of good pictures to use as references, not in --good; default: the references beside the set."`
	DryRun       bool     `help:"Write nothing."`
	Halves       int      `placeholder:"N" help:"Also calibrate on N random halves of the pictures, and count how often the prediction held for the other half."`
	Seed         uint64   `default:"1" placeholder:"N" help:"Seed of the random split into folds (default: ${default})."`
	Format       string   `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	encoderFlags `embed:""`
}

func (c *calibrateCommand) Run(ctx context.Context, s *streams) error {
	targets, err := parseTargets(c.Target)
	if err != nil {
		return usage.Error(err)
	}
	m, err := openMeasurement(ctx, s, &c.dataFlags, &referenceFlags{References: c.References, Draws: 1}, &c.encoderFlags, c.Set)
	if err != nil {
		return err
	}
	defer m.Close()
	if m.options.References.Drawn {
		return usage.Error(fmt.Errorf("--references %s: calibrate needs a folder: a calibration with randomly drawn references is valid for no camera", c.References))
	}
	t, err := m.run(ctx)
	if err != nil {
		return err
	}
	r, err := t.Calibrate(targets, c.Halves, c.Seed)
	if err != nil && c.Format == "json" { // a program reads why
		err = errors.Join(err, printing.JSON(s.out, map[string]string{"set": c.Set, "refused": err.Error()}))
	}
	if err != nil {
		return fmt.Errorf("calibrate %s: %w", c.Set, err)
	}
	if c.Format == "json" {
		err = printing.JSON(s.out, r)
	} else {
		r.WriteTable(s.out)
	}
	switch {
	case err != nil:
		return err
	case c.DryRun:
		return c.note(s, "nothing was written: --dry-run")
	}
	if err := t.Record(c.Set, r, time.Now()); err != nil {
		return err
	}
	bank, err := t.Recorded(ctx, c.Set, m.Texts)
	if err != nil {
		return err
	}
	return c.note(s, "written into %s; the set is %s", c.Set, check.Arming(bank))
}

func parseTargets(texts []string) ([]evaluate.Target, error) {
	targets := make([]evaluate.Target, 0, len(texts))
	var errs []error
	for _, text := range texts {
		target, err := evaluate.ParseTarget(text)
		targets, errs = append(targets, target), append(errs, err)
	}
	return targets, errors.Join(errs...)
}

// note says on standard error what happened to the file, so that JSON stays clean.
func (c *calibrateCommand) note(s *streams, format string, args ...any) error {
	_, err := fmt.Fprintf(s.err, format+"\n", args...)
	return err
}
