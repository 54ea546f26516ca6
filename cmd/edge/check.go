package main

import (
	"context"
	"errors"
	"fmt"

	"pristine/agent"
	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/internal/assets"
	"pristine/internal/check"
	"pristine/internal/printing"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
)

type checkCommand struct {
	Files      []string `arg:"" help:"Configuration files and prompt sets."`
	Deep       bool     `help:"Also open the cameras and connect to the hub of each configuration, within their time limits."`
	Format     string   `enum:"text,json" default:"text" help:"text or json (default: ${default})."`
	bundleFlag `embed:""`
}

// Help is shown by edge check --help.
func (checkCommand) Help() string {
	return "Opens what a configuration names: prompt sets, references, bundle, credentials, folders, ports. Reports everything at once, with lines. Errors end with exit code 2; warnings and sets in shadow do not."
}

// Run checks every file and says all mistakes of all of them.
func (c *checkCommand) Run(ctx context.Context, s *streams) error {
	all := make([]*check.Report, len(c.Files))
	var wrong []error
	l := linter{bundle: c.Bundle}
	defer l.close()
	for i, file := range c.Files {
		file = assets.Find(file)
		var err error
		if check.IsSet(file) {
			all[i], err = check.SetFile(file, func() ([]prompts.Warning, *prompts.Bank, error) { return l.judge(ctx, file, "") })
		} else {
			all[i] = check.ConfigurationFile(ctx, file, c.options())
		}
		if err != nil {
			return err
		}
		wrong = append(wrong, all[i].Errors()...)
		if c.Format == "text" {
			all[i].WriteText(s.out)
		}
	}
	if c.Format == "json" {
		if err := printing.JSON(s.out, all); err != nil {
			return err
		}
	}
	if len(wrong) > 0 {
		return usage.Error(errors.Join(wrong...))
	}
	return nil
}

func (c *checkCommand) options() check.Options {
	o := check.Options{Bundles: bundle.Check}
	if c.Deep {
		o.Camera, o.Hub = agent.ReachCamera, agent.ReachHub
	}
	return o
}

// linter opens the model for the first set that needs it.
type linter struct {
	bundle, references string
	model              *observe.Model
}

func (l *linter) judge(ctx context.Context, file, references string) (_ []prompts.Warning, _ *prompts.Bank, err error) {
	if l.model == nil {
		if l.model, err = observe.OpenPaired(l.bundle, l.references, infer.Options{}, nil); err != nil {
			return nil, nil, fmt.Errorf("lint prompt sets: %w", err)
		}
	}
	warnings, err := l.model.Lint(ctx, file)
	if err != nil {
		return nil, nil, err
	}
	bank, err := l.model.BankWith(ctx, file, observe.View{}, references)
	return warnings, bank, err
}

func (l *linter) close() {
	if l.model != nil {
		l.model.Close()
	}
}
