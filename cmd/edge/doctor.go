package main

import (
	"context"
	"fmt"

	"pristine/agent"
	"pristine/internal/assets"
	"pristine/internal/config"
	"pristine/internal/doctor"
	"pristine/internal/printing"
	"pristine/internal/progress"
	"pristine/prompts"
)

type doctorCommand struct {
	Config string `placeholder:"FILE" help:"Configuration of the station; without one, the defaults are examined."`
	Format string `enum:"text,json" default:"text" help:"text or json (default: ${default})."`
	JSON   bool   `name:"json" hidden:"" help:"The same as --format json, as before."`
}

// Help is shown by edge doctor --help.
func (doctorCommand) Help() string {
	return "Works with and without a running agent, and changes nothing. docs/doctor.md lists every code. Exit code 1 where there is an error, else 0.\n\nExamples: edge doctor --config edge.yaml, edge doctor --format json | jq '.findings[] | select(.severity == \"error\")'"
}

// Run examines the station; exit code 1 where it has errors.
func (c *doctorCommand) Run(ctx context.Context, s *streams) error {
	report := examine(ctx, s, c.Config)
	if c.JSON || c.Format == "json" {
		if err := printing.JSON(s.out, report); err != nil {
			return err
		}
	} else {
		report.WriteText(s.out)
	}
	if !report.Good {
		return fmt.Errorf("the station has errors: %v", report.Errors())
	}
	return nil
}

// examine examines a station, with a spinner that names the step.
func examine(ctx context.Context, s *streams, file string) *doctor.Report {
	var l linter
	defer l.close()
	stop := func() {}
	defer func() { stop() }()
	if file != "" {
		file = assets.Find(file)
	}
	return doctor.Examine(ctx, doctor.Options{
		Config: file, Camera: agent.ReachCamera,
		Judge: func(ctx context.Context, model config.Model, set, references string) ([]prompts.Warning, *prompts.Bank, error) {
			l.bundle, l.references = model.Bundle, model.References
			return l.judge(ctx, set, references)
		},
		Progress: func(step string) { stop(); stop = progress.Spin(ctx, s.err, "examine: "+step) },
	})
}
