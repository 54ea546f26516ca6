package study

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/internal/printing"
)

// Read reads a line a judgement: part, truth, appraiser, trial, says; truth and says
// are good or bad. A line of headings may come first. name is the file's in errors.
func Read(name string, in io.Reader) ([]Reading, error) {
	rows := csv.NewReader(in)
	rows.FieldsPerRecord, rows.TrimLeadingSpace = 5, true
	all, err := rows.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read judgements: %s: %w", name, err)
	}
	words := map[string]bool{"good": false, "bad": true}
	var readings []Reading
	for i, row := range all {
		if i == 0 && strings.EqualFold(row[0], "part") {
			continue
		}
		truth, known := words[row[1]]
		says, clear := words[row[4]]
		trial, err := strconv.Atoi(row[3])
		if !known || !clear || err != nil {
			return nil, fmt.Errorf("%s:%d: must be part, good or bad, appraiser, number of the trial, good or bad (got %s)", name, i+1, strings.Join(row, ", "))
		}
		readings = append(readings, Reading{Part: row[0], Bad: truth, Appraiser: row[2], Trial: trial, Says: says})
	}
	return readings, nil
}

// WriteTable writes the study for people.
func (r *Result) WriteTable(w io.Writer) {
	rate := func(r Rate) string { return fmt.Sprintf("%.1f %% of %d", 100*r.Share(), r.N) }
	t := printing.Table(w)
	t.AppendHeader(table.Row{"Appraiser", "Effective", "Miss", "False alarm", "Kappa", "AIAG"})
	for _, a := range r.Appraisers {
		t.AppendRow(table.Row{printing.KeepEnd(a.Name, 12), rate(a.Effectiveness), rate(a.Miss), rate(a.FalseAlarm), fmt.Sprintf("%.2f", a.Kappa), a.Judgement})
	}
	t.Render()
	fmt.Fprintf(w, "%d parts, %d trials. All agree on %s. Fleiss' kappa %.2f.\n", r.Parts, r.Trials, rate(r.Between), r.Fleiss)
}
