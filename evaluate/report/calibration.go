package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/evaluate"
)

// Calibration is the JSON of edge calibrate.
type Calibration struct {
	*evaluate.Calibration
	Thresholds evaluate.Thresholds `json:"thresholds"`
	NextParts  int                 `json:"next_parts"`
	MoreGood   int                 `json:"good_parts_missing_to_claim_1_percent"`
	Halves     *evaluate.Halves    `json:"random_halves,omitempty"`
}

// NewCalibration adds the figures that a reader needs besides the choice.
func NewCalibration(c *evaluate.Calibration) *Calibration {
	return &Calibration{Calibration: c, Thresholds: c.Thresholds, NextParts: evaluate.NextParts, MoreGood: max(evaluate.PartsToClaim(claim)-c.Overkill.N, 0)}
}

// WriteTable writes the calibration as a table, 80 columns wide.
func (c *Calibration) WriteTable(w io.Writer) {
	t := newTable(w)
	share := func(s evaluate.Share) string {
		return fmt.Sprintf("%d of %d, %s", s.K, s.N, rate(s.Rate, s.Interval))
	}
	t.AppendRows([]table.Row{
		{"Targets, each kept with 95 %", strings.Join(c.Targets, ", ")},
		{"REVIEW / FAIL from P(defect)", fmt.Sprintf("%v / %v", c.Thresholds.Review, c.Thresholds.Fail)},
		{"Overkill", share(c.Overkill)},
		{"Escape", share(c.Escape)},
		{"  held out, overkill / escape", fmt.Sprintf("%.1f %% / %.1f %%", percent(c.HeldOut.Overkill.Rate), percent(c.HeldOut.Escape.Rate))},
		{"  held out, calibration error", fmt.Sprintf("%.3f", c.HeldOut.CalibrationError)},
		{fmt.Sprintf("Of the next %d good, FAIL", c.NextParts), span(c.NextOverkill, c.NextParts)},
		{fmt.Sprintf("Of the next %d bad, PASS", c.NextParts), span(c.NextEscape, c.NextParts)},
	})
	if h := c.Halves; h != nil {
		t.AppendRow(table.Row{fmt.Sprintf("Of %d halves, as expected", h.Halves), fmt.Sprintf("overkill in %d, escape in %d", h.Overkill, h.Escape)})
	}
	t.Render()
	if c.MoreGood > 0 {
		fmt.Fprintf(w, "A claim of 1 %% overkill or less needs about %d more good parts.\n", c.MoreGood)
	}
}

func span(shares [2]float64, n int) string {
	return fmt.Sprintf("%.0f to %.0f, in 95 %% of cases", shares[0]*float64(n), shares[1]*float64(n))
}
