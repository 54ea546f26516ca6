package main

import (
	"pristine/evaluate"
	"pristine/evaluate/report"
	"pristine/prompts"
)

// bootstrapDraws give the interval's ends to about a tenth of its width.
const bootstrapDraws = 2000

// compare tells whether the second set ranks better than the first.
func (t *trial) compare(s *streams, banks []*prompts.Bank, c *evalCommand) error {
	var out report.Comparison
	for i, bank := range banks {
		r, err := t.report(i, bank, c.References)
		if err != nil {
			return err
		}
		out.Sets = append(out.Sets, report.Compared{File: c.Sets[i], AUROC: r.AUROC, Overkill: r.Overkill, Escape: r.Escape})
	}
	for d := range t.draws {
		difference, err := evaluate.Compare(t.outcomes[0][d].Outcomes, t.outcomes[1][d].Outcomes, bootstrapDraws, c.Seed)
		if err != nil {
			return err
		}
		out.Add(difference)
	}
	if c.Format == "json" {
		return writeJSON(s.out, out)
	}
	out.WriteTable(s.out)
	return nil
}
