package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/renameio/v2"

	"pristine/history"
	"pristine/internal/config"
	"pristine/internal/usage"
	"pristine/internal/version"
	"pristine/report"
)

type reportCommand struct {
	Shift        string        `enum:"this,last" default:"this" help:"this or last, by the configuration's shifts (default: ${default})."`
	Since        time.Duration `placeholder:"DURATION" help:"Instead of a shift: the last hours, such as 8h."`
	Lot          string        `placeholder:"PATTERN" help:"Instead of a shift: from the first to the last part whose name matches, such as 'LOT7-*'."`
	From         string        `placeholder:"TIME" help:"Instead of a shift: the start, such as 2026-11-28T06:00, in local time."`
	To           string        `placeholder:"TIME" help:"The end of the period (default: now)."`
	Camera       string        `placeholder:"NAME" help:"One camera only."`
	Format       string        `enum:"html,json,csv" default:"html" help:"html, json or csv (default: ${default})."`
	Out          string        `short:"o" placeholder:"FILE" help:"File to write (default: standard output)."`
	historyFlags `embed:""`
}

// Run writes the report of a period.
func (c *reportCommand) Run(ctx context.Context, s *streams) error {
	ask := report.Ask{Lot: c.Lot, Shift: c.Shift, Since: c.Since, Camera: c.Camera}
	for _, f := range []struct {
		text string
		to   *time.Time
	}{{c.From, &ask.From}, {c.To, &ask.To}} {
		if f.text == "" {
			continue
		}
		t, err := time.ParseInLocation("2006-01-02T15:04", f.text, time.Local)
		if err != nil {
			return usage.Error(fmt.Errorf("%q is not a time such as 2026-11-28T06:00", f.text))
		}
		*f.to = t
	}
	settings, err := config.Load(c.Config)
	if err != nil {
		return usage.Error(err)
	}
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	now := time.Now()
	p, err := ask.Period(ctx, h, settings.Shifts, now)
	if errors.Is(err, report.ErrPeriod) || errors.Is(err, history.ErrNoResult) {
		return usage.Error(err)
	} else if err != nil {
		return err
	}
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
	if err := pending.CloseAtomicallyReplace(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	fmt.Fprintf(s.out, "report: %s\n", c.Out)
	return nil
}
