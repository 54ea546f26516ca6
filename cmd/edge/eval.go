package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"pristine/evaluate/report"
	"pristine/prompts"
)

type evalCommand struct {
	Sets           []string `arg:"" optional:"" placeholder:"SET" help:"With --compare: the two prompt sets."`
	Compare        bool     `help:"Measure two sets on the same pictures and tell whether they differ: --compare A.yaml B.yaml."`
	dataFlags      `embed:""`
	Prompts        string `default:"configs/prompts/part.yaml" placeholder:"SET" help:"Prompt set (default: ${default})."`
	referenceFlags `embed:""`
	Report         string `placeholder:"FILE.html" help:"Also write a report with charts and heat maps, one file."`
	Format         string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	bundleFlag     `embed:""`
}

func (c *evalCommand) Run(ctx context.Context, s *streams) error {
	if err := c.check(); err != nil {
		return usageError{err}
	}
	pictures, err := c.open()
	if err != nil {
		return err
	}
	e, err := openEngine(c.Bundle, throughput())
	if err != nil {
		return err
	}
	defer e.close()
	banks, err := e.banks(ctx, c.Sets, c.References)
	if err != nil {
		return err
	}
	t, err := newTrial(ctx, e, pictures, &c.referenceFlags, banks)
	if err != nil {
		return err
	}
	t.bad.skip = c.SkipUnreadable
	if err := t.measure(ctx, s); err != nil {
		return err
	}
	if c.Compare {
		return t.compare(s, banks, c)
	}
	r, err := t.report(0, banks[0], c.References)
	if err != nil {
		return err
	}
	if c.Report != "" {
		if err := t.writeHTML(r, c.Report); err != nil {
			return err
		}
	}
	return c.write(s, r)
}

// writeHTML adds the most wrong pictures to the report and writes it whole or
// not at all.
func (t *trial) writeHTML(r *report.Report, file string) error {
	scale := t.scale()
	for _, p := range r.Worst {
		shot, err := openPhoto(p.File)
		if err != nil {
			return err
		}
		h := t.maps[p.File]
		if err := r.AddThumb(p, shot.pix, shot.width, shot.height, report.Heat{Values: h.values, Rows: h.grid[0], Columns: h.grid[1]}, scale); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := r.WriteHTML(&b, time.Now()); err != nil {
		return err
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// scale is the same for all pictures: from the middle of the maps, which is a
// good surface, to where their highest thirtieth begins.
func (t *trial) scale() report.Scale {
	var all []float32
	for _, h := range t.maps {
		all = append(all, h.values...)
	}
	if len(all) == 0 {
		return report.Scale{}
	}
	slices.Sort(all)
	return report.Scale{Low: float64(all[len(all)*3/4]), High: float64(all[len(all)-1-len(all)/30])}
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
