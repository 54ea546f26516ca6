package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/renameio/v2"

	"pristine/evaluate/report"
	"pristine/prompts"
	"pristine/trial"
)

type evalCommand struct {
	Sets           []string `arg:"" optional:"" placeholder:"SET" help:"With --compare: the two prompt sets."`
	Compare        bool     `help:"Measure two sets on the same pictures and tell whether they differ: --compare A.yaml B.yaml."`
	dataFlags      `embed:""`
	Prompts        string `default:"configs/prompts/part.yaml" placeholder:"SET" help:"Prompt set (default: ${default})."`
	referenceFlags `embed:""`
	Report         string `placeholder:"FILE.html" help:"Also write a report with charts and heat maps, one file."`
	Format         string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	encoderFlags   `embed:""`
}

func (c *evalCommand) Run(ctx context.Context, s *streams) error {
	if err := c.check(); err != nil {
		return usageError{err}
	}
	m, err := openMeasurement(ctx, s, &c.dataFlags, &c.referenceFlags, &c.encoderFlags, c.Sets...)
	if err != nil {
		return err
	}
	defer m.close()
	t, err := m.run(ctx)
	if err != nil {
		return err
	}
	if c.Compare {
		return c.compare(s, t)
	}
	r, err := t.Report(0)
	if err != nil {
		return err
	}
	if c.Report != "" {
		var page bytes.Buffer
		if err := t.WriteHTML(&page, r, time.Now()); err != nil {
			return err
		}
		if err := renameio.WriteFile(c.Report, page.Bytes(), 0o644); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return c.write(s, r)
}

func (c *evalCommand) compare(s *streams, t *trial.Trial) error {
	out, err := t.Compare(c.Sets)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return writeJSON(s.out, out)
	}
	out.WriteTable(s.out)
	return nil
}

// check fills in the set to measure.
func (c *evalCommand) check() error {
	switch {
	case c.Compare && len(c.Sets) != 2:
		return fmt.Errorf("--compare takes two prompt sets (got %d): edge eval --compare A.yaml B.yaml", len(c.Sets))
	case c.Compare && c.Report != "":
		return errors.New("--report is of one set: measure each without --compare")
	case !c.Compare && len(c.Sets) > 0:
		return fmt.Errorf("unexpected argument %s: name the set with --prompts, or two of them with --compare", c.Sets[0])
	case !c.Compare:
		c.Sets = []string{c.Prompts}
	}
	return nil
}

// banks are of the sets with what references stand beside them, unless others
// are given.
func (e *engine) banks(ctx context.Context, sets []string, references string) ([]*prompts.Bank, error) {
	banks := make([]*prompts.Bank, 0, len(sets))
	for _, set := range sets {
		bank, err := e.bank(ctx, set)
		if err == nil && references == "" {
			bank, err = e.beside(bank, set)
		}
		if err != nil {
			return nil, err
		}
		banks = append(banks, bank)
		if first := banks[0]; bank.Tiles() != first.Tiles() {
			return nil, usageError{fmt.Errorf("compare %s with %s: they have %d and %d tiles: a picture is encoded once for both, so give them the same", sets[0], set, first.Tiles(), bank.Tiles())}
		}
	}
	return banks, nil
}

func (c *evalCommand) write(s *streams, r *report.Report) error {
	if c.Format == "json" {
		return writeJSON(s.out, r)
	}
	r.WriteTable(s.out)
	for _, err := range r.LeftOut {
		fmt.Fprintln(s.err, "left out:", err)
	}
	return nil
}
