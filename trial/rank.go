package trial

import (
	"pristine/evaluate"
	"pristine/evaluate/report"
	"pristine/prompts/rank"
)

// rankDraws is enough for the sign of an effect. The third digit of the interval would
// need more.
const rankDraws = 500

// Rank returns the effect of each variant of the first set. The trial's other sets are
// the variants, in order.
func (t *Trial) Rank(variants []rank.Variant) (*report.Ranking, error) {
	base := t.Outcomes(0)
	good, bad := evaluate.Raw(base)
	r := &report.Ranking{PromptSet: t.options.Sets[0].Set.Name, AUROC: evaluate.AUROC(good, bad), Good: len(good), Bad: len(bad)}
	for i, v := range variants {
		with, without := t.Outcomes(i+1), base
		if v.Change == rank.Drop {
			with, without = base, with
		}
		d, err := evaluate.Compare(without, with, rankDraws, t.options.References.Seed)
		if err != nil {
			return nil, err
		}
		effect := report.Effect{Class: v.Class, Kind: string(v.Kind), Prompt: v.Prompt, AUROC: d.BMinusA, Interval: d.Interval}
		if v.Change == rank.Drop {
			r.Prompts = append(r.Prompts, effect)
		} else {
			r.Candidate = append(r.Candidate, effect)
		}
	}
	r.Sort()
	return r, nil
}
