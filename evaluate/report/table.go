package report

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/evaluate"
	"pristine/internal/printing"
)

// WriteTable writes the report as a table, 80 columns wide.
func (r *Report) WriteTable(w io.Writer) {
	cue, cueAUROC := r.bestCue()
	t := newTable(w)
	t.AppendRows([]table.Row{
		{"Good / bad pictures", fmt.Sprintf("%d / %d", r.Good, r.Bad)},
		{"AUROC", r.aurocText()},
		{"  a trivial cue alone", fmt.Sprintf("%.4f (%s)", cueAUROC, cue)},
		{"Average precision", fmt.Sprintf("%.4f", r.AveragePrecision)},
		{"F1-max", fmt.Sprintf("%.4f (at P(defect) %.3f)", r.F1Max, r.F1Threshold)},
		{"Overkill (good that FAIL)", rate(r.Overkill, r.OverkillInterval)},
		{"Good that REVIEW", fmt.Sprintf("%.1f %%", percent(r.GoodReview))},
		{"Escape (bad that PASS)", rate(r.Escape, r.EscapeInterval)},
		{"Calibration error", fmt.Sprintf("%.3f", r.CalibrationError)},
	})
	if r.References != "" {
		t.AppendRow(table.Row{"References", printing.KeepEnd(r.ReferencesText(), 50)})
	}
	if p := r.Pixels; p != nil {
		t.AppendRow(table.Row{"Pixel AUROC / PRO", fmt.Sprintf("%.4f / %.4f (%d masks)", p.AUROC, p.PRO, p.Masks)})
	}
	t.Render()
	r.writeVerdicts(w)
	r.writeDefects(w)
	r.Names.write(w)
	r.writeWorst(w)
	for _, note := range r.Notes() {
		fmt.Fprintln(w, note)
	}
}

func newTable(w io.Writer) table.Writer {
	t := printing.Table(w)
	return t
}

func (r *Report) aurocText() string {
	if len(r.Draws) < 2 {
		return fmt.Sprintf("%.4f", r.AUROC)
	}
	return fmt.Sprintf("%.4f ± %.4f (%d draws)", r.AUROC, r.AUROCDeviation, len(r.Draws))
}

func (r *Report) writeVerdicts(w io.Writer) {
	t := newTable(w)
	t.AppendHeader(table.Row{"Label", "PASS", "REVIEW", "FAIL"})
	for _, row := range []struct {
		label string
		c     evaluate.Counts
	}{{"good", r.GoodVerdicts}, {"bad", r.BadVerdicts}} {
		review := fmt.Sprint(row.c.Review)
		var why []string
		if row.c.Unknown > 0 {
			why = append(why, fmt.Sprintf("%d unknown", row.c.Unknown))
		}
		if row.c.Severity > 0 {
			why = append(why, fmt.Sprintf("%d by severity", row.c.Severity))
		}
		if len(why) > 0 {
			review += " (" + strings.Join(why, ", ") + ")"
		}
		t.AppendRow(table.Row{row.label, row.c.Pass, review, row.c.Fail})
	}
	t.Render()
}

func (r *Report) writeDefects(w io.Writer) {
	if len(r.Defects) == 0 {
		return
	}
	t := newTable(w)
	t.AppendHeader(table.Row{"Defect", "n", "AUROC", "Escape"})
	for _, d := range r.Defects {
		t.AppendRow(table.Row{printing.KeepEnd(d.Defect, 18), d.N, fmt.Sprintf("%.4f", d.AUROC), rate(d.Escape.Rate, d.Escape.Interval)})
	}
	t.Render()
}

func (r *Report) writeWorst(w io.Writer) {
	t := newTable(w)
	t.AppendHeader(table.Row{"Most wrong, or nearest to it", "Label", "Verdict", "P(defect)"})
	for _, p := range r.Worst[:min(5, len(r.Worst))] {
		label := "good"
		if p.Bad {
			label = "bad"
		}
		t.AppendRow(table.Row{printing.KeepEnd(p.File, 40), label, p.Verdict, fmt.Sprintf("%.3f", p.P)})
	}
	t.Render()
}

// Notes returns the caveats that a reader should know, in lines of at most 80 columns.
func (r *Report) Notes() []string {
	var notes []string
	if d := r.Data; d != nil {
		notes = append(notes, fmt.Sprintf("Data set: %s.", d.Layout))
		for _, missing := range d.Missing {
			notes = append(notes, printing.KeepStart("Data set: "+missing+".", 80))
		}
	}
	if r.MoreGood > 0 {
		notes = append(notes, fmt.Sprintf("A claim of 1 %% overkill or less needs about %d more good parts.", r.MoreGood))
	}
	if name, a := r.bestCue(); r.swapped() {
		notes = append(notes, "Good pictures look worse than bad ones: are good and bad swapped?")
	} else if a >= r.AUROC {
		notes = append(notes, fmt.Sprintf("The %s of the pictures ranks as well as the set: is the light the same?", name))
	}
	if r.Unknown > 0 {
		notes = append(notes, fmt.Sprintf("%d pictures are REVIEW unknown: to the prompts, or unlike all references.", r.Unknown))
	}
	if p := r.Pixels; p != nil && p.NoMask > 0 {
		notes = append(notes, fmt.Sprintf("%d bad pictures have no mask: the pixel figures are without them.", p.NoMask))
	}
	if n := len(r.LeftOut); n > 0 {
		notes = append(notes, fmt.Sprintf("%d pictures cannot be read and are in no figure.", n))
	}
	return notes
}

// leastSwapped and mostSwapped: by chance alone the AUROC of five good and five bad
// pictures is 0.1 or less in 2 % of all draws (exact null distribution of U: U ≤ 2).
const (
	leastSwapped = 5
	mostSwapped  = 0.1
)

// swapped reports whether good and bad are probably swapped.
func (r *Report) swapped() bool {
	return r.AUROC <= mostSwapped && min(r.Good, r.Bad) >= leastSwapped
}

func rate(share float64, interval [2]float64) string {
	return fmt.Sprintf("%.1f %% (95 %% interval %.1f to %.1f %%)", percent(share), percent(interval[0]), percent(interval[1]))
}

func percent(v float64) float64 { return math.Round(v*1000) / 10 }
