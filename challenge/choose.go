package challenge

import (
	"math"
	"math/rand/v2"

	"pristine/evaluate"
)

// Candidate is a setting that was tried on the same pictures.
type Candidate struct {
	Name  string  `json:"name"`
	AUROC float64 `json:"auroc"` // of planted defects, mean over the kinds
	Real  float64 `json:"real_auroc,omitempty"`
}

// Choice is the setting that finds planted defects best.
type Choice struct {
	Synthetic  bool        `json:"synthetic"` // always true
	Chosen     string      `json:"chosen"`
	Candidates []Candidate `json:"candidates"`
	Real       *Real       `json:"real,omitempty"` // where there were real defects to compare with
}

// Real is what real defects would have chosen.
type Real struct {
	Good   int     `json:"good"`
	Bad    int     `json:"bad"`
	Chosen string  `json:"chosen"`
	Regret float64 `json:"regret"` // AUROC lost to that by the choice, in [0, 1]
}

// Compare holds the choice against the scores of real pictures.
func (c *Choice) Compare(good, bad [][]Score) {
	raw := func(all [][]Score, candidate int) []float64 {
		v := make([]float64, len(all))
		for i, s := range all {
			v[i] = s[candidate].Raw
		}
		return v
	}
	best, chosen := 0, 0
	for i := range c.Candidates {
		c.Candidates[i].Real = evaluate.AUROC(raw(good, i), raw(bad, i))
		if c.Candidates[i].Real > c.Candidates[best].Real {
			best = i
		}
		if c.Candidates[i].Name == c.Chosen {
			chosen = i
		}
	}
	c.Real = &Real{len(good), len(bad), c.Candidates[best].Name, c.Candidates[best].Real - c.Candidates[chosen].Real}
}

// choiceDraws give a quantile that decides; its second digit does not matter.
const choiceDraws = 400

// Choose returns the candidate with the highest AUROC, the mean over the kinds, of
// those that are surely better than the first, which is the live one: in 97.5 % of
// draws of the pictures (paired percentile bootstrap). Candidates are judged on the
// same pictures, so that small differences are sure; but the size of a difference
// says nothing about that of real defects.
func (out *Outcome) Choose(names []string) *Choice {
	c := &Choice{Synthetic: true}
	for i, name := range names {
		c.Candidates = append(c.Candidates, Candidate{Name: name, AUROC: out.mean(i, nil)})
	}
	worse := make([]int, len(names)) // draws in which a candidate is no better
	r := rand.New(rand.NewPCG(out.Seed, 2))
	drawn := make([]int, len(out.Pictures))
	for range choiceDraws {
		clear(drawn)
		for range drawn {
			drawn[r.IntN(len(drawn))]++
		}
		first := out.mean(0, drawn)
		for i := range names[1:] {
			if !(out.mean(i+1, drawn) > first) {
				worse[i+1]++
			}
		}
	}
	best := 0
	for i := range names[1:] {
		if 40*worse[i+1] <= choiceDraws && c.Candidates[i+1].AUROC > c.Candidates[best].AUROC {
			best = i + 1
		}
	}
	c.Chosen = names[best]
	return c
}

// mean is a candidate's AUROC, each kind weighing the same, with each picture as
// often as it was drawn; nil is once.
func (out *Outcome) mean(candidate int, drawn []int) float64 {
	times := func(i int) int {
		if drawn == nil {
			return 1
		}
		return drawn[i]
	}
	sum, n := 0.0, 0.0
	for _, k := range out.kinds() {
		var good, bad []float64
		for i, p := range out.Plain {
			for range times(i) {
				good = append(good, p[candidate].Raw)
			}
		}
		for _, t := range out.Trials {
			if t.Kind == k && t.Scores != nil {
				for range times(t.Picture) {
					bad = append(bad, t.Scores[candidate].Raw)
				}
			}
		}
		if a := evaluate.AUROC(good, bad); !math.IsNaN(a) {
			sum, n = sum+a, n+1
		}
	}
	return sum / max(n, 1)
}
