package challenge

import (
	"math"

	"pristine/evaluate"
)

// Candidate is a variant of the set that was tried on the same pictures.
type Candidate struct {
	Name  string  `json:"name"`
	AUROC float64 `json:"auroc"` // of planted defects, mean over the kinds
	Real  float64 `json:"real_auroc,omitempty"`
}

// Choice is the variant that finds planted defects best.
type Choice struct {
	Synthetic  bool        `json:"synthetic"` // always true
	Chosen     string      `json:"chosen"`
	Candidates []Candidate `json:"candidates"`
	Real       *Real       `json:"real,omitempty"` // if there were real defects
}

// Real is the result on real defects.
type Real struct {
	Good   int     `json:"good"`
	Bad    int     `json:"bad"`
	Chosen string  `json:"chosen"`
	Regret float64 `json:"regret"` // by how much the AUROC of the choice is below the best, in [0, 1]
}

// Compare evaluates the choice on the scores of real pictures.
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

// asGood is the difference in AUROC below which two candidates count as equal.
const asGood = 0.001

// Choose returns the candidate with the highest AUROC, the mean over the kinds. Among
// equal ones it returns the first, which is the live one. All are judged on the same
// pictures, so small differences are meaningful for planted defects. Their size does not
// carry over to real ones.
func (out *Outcome) Choose(names []string) *Choice {
	c := &Choice{Synthetic: true}
	best := 0
	for i, name := range names {
		c.Candidates = append(c.Candidates, Candidate{Name: name, AUROC: out.mean(i)})
		if c.Candidates[i].AUROC > c.Candidates[best].AUROC {
			best = i
		}
	}
	if c.Candidates[best].AUROC < c.Candidates[0].AUROC+asGood {
		best = 0
	}
	c.Chosen = names[best]
	return c
}

// mean returns a candidate's AUROC, the unweighted mean over the kinds.
func (out *Outcome) mean(candidate int) float64 {
	sum, n := 0.0, 0.0
	for _, k := range out.kinds() {
		if a := out.auroc(candidate, k, 0); !math.IsNaN(a) {
			sum, n = sum+a, n+1
		}
	}
	return sum / max(n, 1)
}
