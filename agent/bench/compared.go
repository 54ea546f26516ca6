package bench

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/internal/printing"
)

// WriteTable writes the comparison for people.
func (c *Comparison) WriteTable(w io.Writer) {
	t := printing.Table(w, "Core-ms a frame", "Before", "Now", "Ratio", "95 % interval")
	for _, r := range c.Rows {
		interval := ""
		if r.Interval != nil {
			interval = fmt.Sprintf("%.3f to %.3f", r.Interval[0], r.Interval[1])
		}
		t.AppendRow(table.Row{r.Name, fmt.Sprintf("%.2f", r.Old), fmt.Sprintf("%.2f", r.New), fmt.Sprintf("%.3f", r.Ratio), interval})
	}
	t.Render()
	for _, warning := range c.Warnings {
		fmt.Fprintln(w, "Warning: not the same", warning)
	}
}

// Write writes a report, and how it compares with the report before unless that is nil.
// Its error is that of writing, or says that the pipeline is slower by more than the
// percentage that is allowed, unless that is negative.
func Write(w io.Writer, r, before *Report, json bool, maxSlowdown float64) error {
	var c *Comparison
	if before != nil {
		c = Compare(before, r)
	}
	switch {
	case json:
		if err := printing.JSON(w, struct {
			*Report
			Comparison *Comparison `json:"comparison,omitempty"`
		}{r, c}); err != nil {
			return err
		}
	default:
		r.WriteTable(w)
		if c != nil {
			c.WriteTable(w)
		}
	}
	if c == nil || maxSlowdown < 0 {
		return nil
	}
	return c.Slower(maxSlowdown)
}
