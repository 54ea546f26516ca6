package trial

import (
	"pristine/evaluate/report"
	"pristine/names"
)

// Parameters of the validation of names: labelled pictures of each kind, and number
// of draws.
const (
	nameLabels = 5
	nameDraws  = 20
)

// names returns how well the first set names defects, by itself and with labelled
// pictures. It returns nil if no kinds of defects are known.
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
