package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/events/fleet"
)

// fleetCommand groups what concerns the agents of a plant.
type fleetCommand struct {
	List     listFleetCommand `cmd:"" default:"withargs" help:"List the agents and how they do."`
	Push     pushCommand      `cmd:"" help:"Push a prompt set to a camera of an agent."`
	Rollback rollbackCommand  `cmd:"" help:"Put the set that was pushed before back into effect."`
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
		encoder := json.NewEncoder(s.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(members)
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"station", "health", "seen", "version", "backlog", "last", "set"})
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
	fmt.Fprintln(s.out, t.Render())
	for _, m := range members {
		if m.Agent != nil {
			for _, problem := range m.Agent.Problems {
				fmt.Fprintf(s.out, "%s: %s\n", m.Station, plain(problem))
			}
		}
	}
	return nil
}

// fit cuts a text that others wrote to so many columns.
func fit(text string, columns int) string {
	if r := []rune(plain(text)); len(r) > columns {
		return string(r[:columns-1]) + "…"
	}
	return plain(text)
}
