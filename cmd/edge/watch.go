package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"pristine/events"
	"pristine/events/watch"
	"pristine/internal/progress"
)

type watchCommand struct {
	hubFlags `embed:""`
	Subject  string        `help:"Only these subjects, e.g. qc.plant.*.*.alarm; missing events are then not detected."`
	Verdict  []string      `enum:"PASS,REVIEW,FAIL,INVALID" placeholder:"FAIL,…" help:"Only results with these verdicts."`
	Camera   []string      `placeholder:"NAME" help:"Only results of these cameras."`
	Station  []string      `placeholder:"NAME" help:"Only these stations, as name or site.line.name."`
	Since    time.Duration `placeholder:"DURATION" help:"Start this far in the past, e.g. 10m."`
	All      bool          `help:"Start with the oldest stored event."`
	Beats    bool          `help:"Also show heartbeats."`
	Format   string        `enum:"text,json" default:"text" help:"text or json, one event per line (default: ${default})."`
	JSON     bool          `name:"json" hidden:"" help:"The same as --format json, as before."`
	Save     string        `placeholder:"DIR" help:"Save events and their pictures to a folder."`
}

// Run shows events until it is interrupted, then what was missing.
func (c *watchCommand) Run(ctx context.Context, s *streams) error {
	o := events.SubscribeOptions{Subject: c.Subject, All: c.All}
	if c.Since > 0 {
		o.Since = time.Now().Add(-c.Since)
	}
	w, err := watch.New(ctx, c.hub(), s.out, watch.Options{
		Subject: c.Subject, Verdicts: c.Verdict, Cameras: c.Camera, Stations: c.Station, Beats: c.Beats, JSON: c.JSON || c.Format == "json", Save: c.Save,
		Colour: progress.IsTerminal(s.out) && os.Getenv("NO_COLOR") == "",
	})
	if err != nil {
		return err
	}
	defer w.Close()
	end := w.Presence(ctx, s.err)
	report, err := events.Subscribe(ctx, c.hub(), o, func(r events.Received) error { return w.Show(ctx, r) })
	end()
	fmt.Fprintf(s.err, "%d events, %d missing, %d shed by agents, %d duplicates left out, %d late, %d refused\n",
		report.Events, report.Missing, report.Shed, report.Duplicates, report.OutOfOrder, report.Refused)
	if absent := w.Absent(); absent > 0 {
		fmt.Fprintf(s.err, "%d pictures were not there\n", absent)
	}
	return err
}
