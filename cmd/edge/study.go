package main

import (
	"context"
	"fmt"
	"os"

	"pristine/internal/printing"
	"pristine/internal/usage"
	"pristine/report/study"
)

type studyCommand struct {
	File   string `arg:"" type:"existingfile" help:"CSV with one line per judgement: part, truth, appraiser, trial, says; truth and says are good or bad."`
	Format string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
}

// Run makes a measurement-system study of judgements.
func (c *studyCommand) Run(_ context.Context, s *streams) error {
	f, err := os.Open(c.File)
	if err != nil {
		return usage.Error(fmt.Errorf("read judgements: %w", err))
	}
	defer func() { _ = f.Close() }()
	readings, err := study.Read(c.File, f)
	if err != nil {
		return usage.Error(err)
	}
	r, err := study.Analyse(readings)
	if err != nil {
		return usage.Error(err)
	}
	if c.Format == "json" {
		return printing.JSON(s.out, r)
	}
	r.WriteTable(s.out)
	return nil
}
