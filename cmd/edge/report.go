package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/renameio/v2"

	"pristine/history"
	"pristine/internal/usage"
	"pristine/internal/version"
	"pristine/report"
)

type reportCommand struct {
	Since        time.Duration `default:"8h" placeholder:"DURATION" help:"How far back the report reaches, such as 8h (default: ${default})."`
	From         string        `placeholder:"TIME" help:"Its beginning instead, such as 2026-11-28T06:00, in local time."`
	To           string        `placeholder:"TIME" help:"Its end (default: now)."`
	Camera       string        `placeholder:"NAME" help:"One camera only."`
	Format       string        `enum:"html,json,csv" default:"html" help:"html, json or csv (default: ${default})."`
	Out          string        `short:"o" placeholder:"FILE" help:"File to write (default: standard output)."`
	historyFlags `embed:""`
}

// Run writes the report of a period.
func (c *reportCommand) Run(ctx context.Context, s *streams) error {
	now := time.Now()
	p := history.Period{From: now.Add(-c.Since), To: now, Camera: c.Camera}
	for _, f := range []struct {
		text string
		to   *time.Time
	}{{c.From, &p.From}, {c.To, &p.To}} {
		if f.text == "" {
			continue
		}
		t, err := time.ParseInLocation("2006-01-02T15:04", f.text, time.Local)
		if err != nil {
			return usage.Error(fmt.Errorf("%q is no time, such as 2026-11-28T06:00", f.text))
		}
		*f.to = t
	}
	if !p.From.Before(p.To) {
		return usage.Error(fmt.Errorf("the period ends (%s) before it begins (%s)", p.To.Format(time.DateTime), p.From.Format(time.DateTime)))
	}
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	station, err := c.station()
	if err != nil {
		return err
	}
	r, err := report.Build(ctx, h, report.Options{Period: p, Station: station, Version: version.String(), Now: now})
	if err != nil {
		return err
	}
	write := map[string]func(io.Writer) error{"html": r.HTML, "json": r.JSON, "csv": r.CSV}[c.Format]
	if c.Out == "" {
		return write(s.out)
	}
	pending, err := renameio.NewPendingFile(c.Out, renameio.WithPermissions(0o644))
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	defer func() { _ = pending.Cleanup() }()
	if err := write(pending); err != nil {
		return err
	}
	return pending.CloseAtomicallyReplace()
}
