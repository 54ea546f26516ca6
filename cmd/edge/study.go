package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/internal/printing"
	"pristine/internal/usage"
	"pristine/report/study"
)

type studyCommand struct {
	File   string `arg:"" type:"existingfile" help:"CSV with a line a judgement: part, truth, appraiser, trial, says; truth and says are good or bad."`
	Format string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
}

// Run makes a measurement-system study of judgements.
func (c *studyCommand) Run(_ context.Context, s *streams) error {
	readings, err := readJudgements(c.File)
	if err != nil {
		return usage.Error(err)
	}
	r, err := study.Analyse(readings)
	if err != nil {
		return usage.Error(err)
	}
	if c.Format == "json" {
		return printing.JSON(s.out, r)
	}
	rate := func(r study.Rate) string { return fmt.Sprintf("%.1f %% of %d", 100*r.Share(), r.N) }
	t := printing.Table(s.out)
	t.AppendHeader(table.Row{"Appraiser", "Effective", "Miss", "False alarm", "Kappa", "AIAG"})
	for _, a := range r.Appraisers {
		t.AppendRow(table.Row{printing.KeepEnd(a.Name, 12), rate(a.Effectiveness), rate(a.Miss), rate(a.FalseAlarm), fmt.Sprintf("%.2f", a.Kappa), a.Judgement})
	}
	t.Render()
	fmt.Fprintf(s.out, "%d parts, %d trials. All agree on %s. Fleiss' kappa %.2f.\n", r.Parts, r.Trials, rate(r.Between), r.Fleiss)
	return nil
}

func readJudgements(file string) ([]study.Reading, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read judgements: %w", err)
	}
	defer func() { _ = f.Close() }()
	rows := csv.NewReader(f)
	rows.FieldsPerRecord, rows.TrimLeadingSpace = 5, true
	all, err := rows.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read judgements: %w", err)
	}
	var readings []study.Reading
	for i, row := range all {
		if i == 0 && strings.EqualFold(row[0], "part") {
			continue
		}
		truth, known := map[string]bool{"good": false, "bad": true}[row[1]]
		says, clear := map[string]bool{"good": false, "bad": true}[row[4]]
		trial, err := strconv.Atoi(row[3])
		if !known || !clear || err != nil {
			return nil, fmt.Errorf("%s:%d: must be part, good or bad, appraiser, number of the trial, good or bad (got %s)", file, i+1, strings.Join(row, ", "))
		}
		readings = append(readings, study.Reading{Part: row[0], Bad: truth, Appraiser: row[2], Trial: trial, Says: says})
	}
	return readings, nil
}
