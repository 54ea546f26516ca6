package report

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/evaluate"
	"pristine/internal/printing"
)

// Comparison is the JSON of two sets measured on the same pictures.
type Comparison struct {
	Sets       []Compared            `json:"sets"`
	Difference evaluate.Difference   `json:"difference"` // mean of the draws; the interval is the widest of theirs
	Draws      []evaluate.Difference `json:"draws"`
	Decided    bool                  `json:"decided"` // the interval excludes zero
}

// Compared is one set of a comparison.
type Compared struct {
	File     string  `json:"file"`
	AUROC    float64 `json:"auroc"`
	Overkill float64 `json:"overkill"`
	Escape   float64 `json:"escape"`
}

// Add includes the difference of another draw.
func (c *Comparison) Add(d evaluate.Difference) {
	if len(c.Draws) == 0 {
		c.Difference.Interval = d.Interval
	}
	n := float64(len(c.Draws))
	mean := func(old, value float64) float64 { return (old*n + value) / (n + 1) }
	c.Difference.A, c.Difference.B = mean(c.Difference.A, d.A), mean(c.Difference.B, d.B)
	c.Difference.BMinusA = mean(c.Difference.BMinusA, d.BMinusA)
	widen(&c.Difference.Interval, d.Interval)
	c.Draws = append(c.Draws, d)
	c.Decided = c.Difference.Decided()
}

// WriteTable writes the comparison as a table, 80 columns wide.
func (c *Comparison) WriteTable(w io.Writer) {
	t := newTable(w)
	t.AppendHeader(table.Row{"Set", "AUROC", "Overkill", "Escape"})
	for _, s := range c.Sets {
		t.AppendRow(table.Row{printing.KeepEnd(s.File, 36), fmt.Sprintf("%.4f", s.AUROC), fmt.Sprintf("%.1f %%", percent(s.Overkill)), fmt.Sprintf("%.1f %%", percent(s.Escape))})
	}
	t.Render()
	d := c.Difference
	fmt.Fprintf(w, "AUROC, second − first: %+.4f (95 %% interval %+.4f to %+.4f)\n", d.BMinusA, d.Interval[0], d.Interval[1])
	switch {
	case !c.Decided:
		fmt.Fprintln(w, "These pictures do not tell which is better.")
	case d.BMinusA > 0:
		fmt.Fprintln(w, "The second set is better.")
	default:
		fmt.Fprintln(w, "The first set is better.")
	}
}
