package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/events"
	"pristine/events/fleet"
	"pristine/events/presence"
	"pristine/internal/printing"
)

// fleetCommand groups the commands for the agents of a plant.
type fleetCommand struct {
	List     listFleetCommand `cmd:"" default:"withargs" help:"List the agents with their health."`
	Push     pushCommand      `cmd:"" help:"Push a prompt set to a camera of an agent."`
	Rollback rollbackCommand  `cmd:"" help:"Restore the set that was in effect before the last push."`
}

type listFleetCommand struct {
	hubFlags `embed:""`
	Format   string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
}

// Run lists the agents.
func (c *listFleetCommand) Run(ctx context.Context, s *streams) error {
	now := time.Now()
	members, err := fleet.List(ctx, c.hub(), now)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printing.JSON(s.out, members)
	}
	t := printing.Table(s.out, "station", "health", "seen", "version", "backlog", "last", "set")
	for _, m := range members {
		row := table.Row{fit(m.Station, 26), m.Health, "never", "", "", "", ""}
		if !m.Seen.IsZero() {
			row[2] = now.Sub(m.Seen).Round(time.Second).String()
		}
		if a := m.Agent; a != nil {
			row[3], row[4], row[5] = fit(a.Version, 8), a.Backlog, a.LastVerdict
			for _, set := range a.PromptSets {
				row[6] = fit(set, 10)
			}
		}
		t.AppendRow(row)
	}
	t.Render()
	for _, m := range members { // what has no room in 80 columns
		if p := m.Presence; p != nil && p.State != presence.Present {
			fmt.Fprintf(s.out, "%s: %s %s ago\n", m.Station, p.State, ago(now.Sub(p.Since)))
		}
		if m.Agent != nil {
			if sets := setsOf(m.Agent); sets != "" {
				fmt.Fprintf(s.out, "%s: set %s\n", m.Station, sets)
			}
			for _, problem := range m.Agent.Problems {
				fmt.Fprintf(s.out, "%s: %s\n", m.Station, printing.Printable(problem))
			}
		}
	}
	return nil
}

// setsOf names the set of the first camera and where it came from, and counts those
// of the others that differ.
func setsOf(a *events.Agent) string {
	var all []string
	for _, camera := range slices.Sorted(maps.Keys(a.PromptSets)) {
		text := fit(a.PromptSets[camera], 10)
		if o := a.Sets[camera]; o != nil && o.From == "push" {
			text += fmt.Sprintf(" (push %d)", o.Revision)
		} else if o != nil {
			text += " (" + fit(o.From, 4) + ")"
		}
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	if len(all) > 1 {
		return fmt.Sprintf("%s +%d", all[0], len(all)-1)
	}
	return strings.Join(all, "")
}

// ago formats a duration by its largest unit.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", max(d, 0)/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}

// fit shortens an untrusted text to a number of columns.
func fit(text string, columns int) string {
	return printing.KeepStart(printing.Printable(text), columns)
}
