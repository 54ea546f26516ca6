package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"pristine/evaluate/report"
	"pristine/infer"
)

type evalCommand struct {
	dataFlags      `embed:""`
	Prompts        string `default:"configs/prompts/part.yaml" placeholder:"SET" help:"Prompt set (default: ${default})."`
	referenceFlags `embed:""`
	Report         string `placeholder:"FILE.html" help:"Also write a report with charts and heat maps, one file."`
	Format         string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	bundleFlag     `embed:""`
}

func (c *evalCommand) Run(ctx context.Context, s *streams) error {
	pictures, err := c.open()
	if err != nil {
		return err
	}
	e, err := openEngine(c.Bundle, infer.Options{})
	if err != nil {
		return err
	}
	defer e.close()
	bank, err := e.bank(ctx, c.Prompts)
	if err != nil {
		return err
	}
	t, err := newTrial(ctx, e, pictures, &c.referenceFlags)
	if err != nil {
		return err
	}
	t.bad.skip = c.SkipUnreadable
	if err := t.measure(ctx, s, bank); err != nil {
		return err
	}
	r, err := t.report(0, bank, c.References)
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
