package main

import (
	"context"
	"errors"
	"fmt"

	"pristine/infer"
	"pristine/internal/assets"
	"pristine/internal/check"
	"pristine/internal/printing"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
)

// promptsCommand groups the commands for prompt sets.
type promptsCommand struct {
	Lint    lintCommand    `cmd:"" help:"Warn about prompts that the model is likely to misread."`
	Rank    rankCommand    `cmd:"" help:"Measure the contribution of each prompt of a set, and of prompts that it lacks."`
	Explain explainCommand `cmd:"" help:"Explain a picture's score: texts, references, heat map."`
}

type lintCommand struct {
	Sets       []string `arg:"" help:"Prompt sets."`
	Format     string   `enum:"text,json" default:"text" help:"text or json (default: ${default})."`
	Strict     bool     `help:"Exit with code 1 if there is any warning."`
	bundleFlag `embed:""`
}

// Help implements kong.HelpProvider.
func (*lintCommand) Help() string {
	return "CLIP-type encoders overlook negation (\"no scratch\": the noun wins), cannot count, do not tell left from right, hardly read, and blur two states in one prompt. " +
		"Lint looks for such words, for misspelt ones and other languages, and asks the model itself about words that it does not know, prompts that say nothing of a part's condition, and classes that it cannot tell apart."
}

func (c *lintCommand) Run(ctx context.Context, s *streams) error {
	e, err := observe.Open(c.Bundle, infer.Options{})
	if err != nil {
		return err
	}
	defer e.Close()
	all := []prompts.Warning{}
	var mistakes []error
	for _, file := range c.Sets {
		file = assets.Find(file)
		warnings, err := e.Lint(ctx, file)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		all = append(all, warnings...)
		if c.Format == "text" && len(warnings) == 0 {
			fmt.Fprintf(s.out, "%s: no warnings\n", file)
		}
		if c.Format == "text" {
			check.WriteWarnings(s.out, warnings)
		}
	}
	if c.Format == "json" {
		mistakes = append(mistakes, printing.JSON(s.out, all))
	}
	if err := errors.Join(mistakes...); err != nil {
		return usage.Error(err)
	}
	if c.Strict && len(all) > 0 {
		return fmt.Errorf("lint prompts: %d warnings", len(all))
	}
	return nil
}
