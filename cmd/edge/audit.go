package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/history"
	"pristine/internal/printing"
)

type auditCommand struct {
	List   auditListCommand   `cmd:"" help:"List the changes of sets, thresholds, references, arming, configuration, labels and users, newest first."`
	Verify auditVerifyCommand `cmd:"" help:"Check that no change was edited, removed, inserted or cut off."`
}

type auditListCommand struct {
	Top          int    `default:"50" placeholder:"N" help:"How many (default: ${default}); 0: all."`
	Format       string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	historyFlags `embed:""`
}

// Run lists the trail.
func (c *auditListCommand) Run(ctx context.Context, s *streams) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	most := c.Top
	if most <= 0 {
		most = -1
	}
	all, err := h.Changes(ctx, history.Period{To: time.Now().Add(time.Hour)}, most)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printing.JSON(s.out, all)
	}
	t := printing.Table(s.out)
	t.AppendHeader(table.Row{"#", "Time", "Who", "What", "Object", "After"})
	for _, e := range all {
		t.AppendRow(table.Row{e.ID, e.Time.Local().Format("01-02 15:04"), printing.KeepEnd(e.Who, 12), printing.KeepEnd(e.Kind, 9), printing.KeepEnd(e.Object, 12), printing.KeepEnd(e.After, 14)})
	}
	t.Render()
	return nil
}

type auditVerifyCommand struct {
	historyFlags `embed:""`
}

// Run verifies the trail; exit code 1 where it was tampered with.
func (c *auditVerifyCommand) Run(ctx context.Context, s *streams) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	n, head, err := h.Verify(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%d changes, none tampered with.\nhead: %s\n", n, head)
	return nil
}
