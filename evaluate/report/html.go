package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"time"

	"pristine/internal/heatmap"
	"pristine/internal/printing"
	"pristine/names"
)

//go:embed page.html
var page string

//go:embed suite.html
var suitePage string

//go:embed style.css
var style string

// Style returns the style sheet of reports.
func Style() template.CSS { return template.CSS(style) }

// WriteHTML writes the report as one self-contained file. measured is the time of the
// measurement.
func (r *Report) WriteHTML(w io.Writer, measured time.Time) error {
	t, err := template.New("page").Funcs(functions()).Parse(page)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	cue, cueAUROC := r.bestCue()
	err = t.Execute(w, map[string]any{
		"Report": r, "Style": Style(), "Heat": template.CSS(heatmap.CSS()), "Usual": heatmap.Usual, "Fail1": heatmap.Fail, "Measured": measured.Format("2 January 2006, 15:04 MST"), "AUROC": r.aurocText(), "Cue": cue, "CueAUROC": cueAUROC,
		"Bars": r.histogram(), "ROC": r.rocPath(), "Review": at(r.Thresholds.Review), "Fail": at(r.Thresholds.Fail),
		"Thumbs": r.thumbs, "Notes": r.Notes(),
	})
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// WriteHTML writes the suite as one self-contained file. measured is the time of the
// measurement.
func (s *Suite) WriteHTML(w io.Writer, measured time.Time) error {
	t, err := template.New("suite").Funcs(functions()).Parse(suitePage)
	if err == nil {
		err = t.Execute(w, map[string]any{"Suite": s, "Style": Style(), "Measured": measured.Format("2 January 2006, 15:04 MST")})
	}
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// functions returns the template functions that format numbers and names.
func functions() template.FuncMap {
	return template.FuncMap{
		"percent": func(v float64) string { return fmt.Sprintf("%.1f\u00a0%%", percent(v)) },
		"interval": func(v [2]float64) string {
			return fmt.Sprintf("%.1f – %.1f\u00a0%%", percent(v[0]), percent(v[1]))
		},
		"nameTables": func(n *Names) []titled { return n.tables() },
		"mistaken":   func(c names.Called) string { return mistaken(&c) },
		"four":       func(v float64) string { return fmt.Sprintf("%.4f", v) },
		"three":      func(v float64) string { return fmt.Sprintf("%.3f", v) },
		"short":      func(s string) string { return printing.KeepEnd(s, 34) },
		"hash":       func(s string) string { return s[:min(len(s), 12)] },
		"deref":      func(v *float64) float64 { return *v },
		"cue":        func(r *Report) float64 { _, v := r.bestCue(); return v },
	}
}
