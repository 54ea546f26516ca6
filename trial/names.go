package trial

import (
	"pristine/evaluate/report"
	"pristine/names"
)

// How names are validated: with so many labelled pictures of each kind, drawn so
// often.
const (
	nameLabels = 5
	nameDraws  = 20
)

// names returns how the first set names defects, and how it would with labelled
// pictures; nil where no kinds of defects are known.
func (t *Trial) names() *report.Names {
	var given []names.Given
	for _, o := range t.Outcomes(0) {
		if o.Bad && o.Defect != "" {
			given = append(given, names.Given{Kind: o.Defect, Name: o.Top})
		}
	}
	if len(given) == 0 {
		return nil
	}
	n := &report.Names{By: "text", Set: names.Count(given, 1), Labelled: names.Validate(t.looks, nameLabels, nameDraws, t.options.References.Seed)}
	if t.banks[0][0].Labelled() {
		n.By = "labels"
	}
	return n
}
