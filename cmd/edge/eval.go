package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/renameio/v2"

	"pristine/evaluate/report"
	"pristine/internal/printing"
	"pristine/internal/usage"
	"pristine/trial"
)

type evalCommand struct {
	Sets           []string `arg:"" optional:"" placeholder:"SET" help:"With --compare: the two prompt sets."`
	Compare        bool     `help:"Measure two sets on the same pictures, and test whether they differ: --compare A.yaml B.yaml."`
	dataFlags      `embed:""`
	All            bool   `help:"Measure every data set below --data, such as the categories of MVTec AD, VisA or BTAD, and their mean, with --references K drawn from each."`
	Prompts        string `type:"asset" default:"configs/prompts/part.yaml" placeholder:"SET" help:"Prompt set (default: ${default})."`
	referenceFlags `embed:""`
	Report         string `placeholder:"FILE.html" help:"Also write a report with charts and heat maps, as one file."`
	Format         string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	encoderFlags   `embed:""`
}

func (c *evalCommand) Run(ctx context.Context, s *streams) error {
	if err := c.check(); err != nil {
		return usage.Error(err)
	}
	if c.All {
		return c.all(ctx, s)
	}
	m, t, err := measure(ctx, s, &c.dataFlags, &c.referenceFlags, &c.encoderFlags, c.Sets...)
	if err != nil {
		return err
	}
	defer m.Close()
	if c.Compare {
		return c.compare(s, t)
	}
	r, err := t.Report(0)
	if err != nil {
		return err
	}
	if c.Report != "" {
		if err := writeReport(t, r, c.Report); err != nil {
			return err
		}
	}
	return c.write(s, r)
}

// writeReport writes the page of a trial's first set.
func writeReport(t *trial.Trial, r *report.Report, file string) error {
	return writePage(file, func(w io.Writer, now time.Time) error { return t.WriteHTML(w, r, now) })
}

func writePage(file string, write func(io.Writer, time.Time) error) error {
	var page bytes.Buffer
	if err := write(&page, time.Now()); err != nil {
		return err
	}
	if err := renameio.WriteFile(file, page.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func (c *evalCommand) compare(s *streams, t *trial.Trial) error {
	out, err := t.Compare(c.Sets)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printing.JSON(s.out, out)
	}
	out.WriteTable(s.out)
	return nil
}

// check fills in the set to measure.
func (c *evalCommand) check() error {
	switch {
	case c.Compare && len(c.Sets) != 2:
		return fmt.Errorf("--compare takes two prompt sets (got %d): edge eval --compare A.yaml B.yaml", len(c.Sets))
	case c.All && (c.Compare || c.Data == "" || len(c.Good)+len(c.Bad) > 0):
		return errors.New("--all measures one set on every data set below --data DIR")
	case c.Compare && c.Report != "":
		return errors.New("--report is for one set: measure each without --compare")
	case !c.Compare && len(c.Sets) > 0:
		return fmt.Errorf("unexpected argument %s: name the set with --prompts, or two of them with --compare", c.Sets[0])
	case !c.Compare:
		c.Sets = []string{c.Prompts}
	}
	return nil
}

func (c *evalCommand) write(s *streams, r *report.Report) error {
	if c.Format == "json" {
		return printing.JSON(s.out, r)
	}
	r.WriteTable(s.out)
	for _, err := range r.LeftOut {
		fmt.Fprintln(s.err, "left out:", err)
	}
	return nil
}
