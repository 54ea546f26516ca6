package trial

import (
	"fmt"

	"pristine/evaluate"
	"pristine/evaluate/report"
)

// Report summarises the results of a set.
func (t *Trial) Report(set int) (*report.Report, error) {
	bank, draws := t.options.Sets[set], t.outcomes[set]
	for _, d := range draws {
		good, bad := evaluate.Raw(d.Outcomes)
		if len(good) == 0 || len(bad) == 0 {
			return nil, fmt.Errorf("measure %s: no good or no bad picture is left", bank.Set.Name)
		}
	}
	r := report.New(draws, bank.Set.Thresholds)
	r.Bundle, r.BundleHash, r.PromptSet, r.LeftOut = t.options.Bundle, t.options.BundleHash, bank.Set.Name, t.leftOut
	r.SetData(t.options.Data.Layout, t.options.Data.Warnings, t.options.Data.Details)
	switch given := &t.options.References; {
	case given.Drawn && given.K > 0:
		r.References = fmt.Sprintf("%d drawn", given.K)
	case len(given.Files) > 0:
		r.References = given.Text
	case bank.References() > 0:
		r.References = fmt.Sprintf("%d beside the set", bank.References())
	}
	if set == 0 {
		r.Names = t.names()
		r.SetPixels(&t.pixels, t.masks, t.noMask)
	}
	return r, nil
}

// bootstrapDraws gives the ends of the interval to about a tenth of its width.
const bootstrapDraws = 2000

// Compare reports whether the second set ranks better than the first. files are their
// names.
func (t *Trial) Compare(files []string) (*report.Comparison, error) {
	out := new(report.Comparison)
	for i, file := range files {
		r, err := t.Report(i)
		if err != nil {
			return nil, err
		}
		out.Sets = append(out.Sets, report.Compared{File: file, AUROC: r.AUROC, Overkill: r.Overkill, Escape: r.Escape})
	}
	for d := range t.draws {
		difference, err := evaluate.Compare(t.outcomes[0][d].Outcomes, t.outcomes[1][d].Outcomes, bootstrapDraws, t.options.References.Seed)
		if err != nil {
			return nil, err
		}
		out.Add(difference)
	}
	return out, nil
}
