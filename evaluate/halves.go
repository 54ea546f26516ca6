package evaluate

import (
	"fmt"
	"math/rand/v2"
)

// Halves counts how often calibrations on random halves predicted the other halves.
type Halves struct {
	Halves   int `json:"halves"`
	Overkill int `json:"overkill_inside"` // the other half's overkill was in the predicted interval
	Escape   int `json:"escape_inside"`
}

// CheckHalves calibrates many random halves of the parts and measures each on the other
// half, to verify the intervals on data. Each half must support the targets.
func CheckHalves(good, bad []float64, targets []Target, halves int, seed uint64) (Halves, error) {
	h := Halves{Halves: halves}
	r := rand.New(rand.NewPCG(seed, 2))
	for i := range halves {
		goodIn, goodOut := halve(r, good)
		badIn, badOut := halve(r, bad)
		c, err := Calibrate(goodIn, badIn, targets, seed+uint64(i))
		if err != nil {
			return h, fmt.Errorf("calibrate half of the pictures: %w", err)
		}
		cut := cuts(len(goodIn), len(badIn), targets)
		overkill, escape := rates(goodOut, badOut, c.Platt, c.Thresholds)
		if inside(overkill, Expected(c.Overkill.K, max(cut.overkill, c.Overkill.K), len(goodIn), len(goodOut))) {
			h.Overkill++
		}
		if inside(escape, Expected(c.Escape.K, max(cut.escape, c.Escape.K), len(badIn), len(badOut))) {
			h.Escape++
		}
	}
	return h, nil
}

func halve(r *rand.Rand, scores []float64) (in, out []float64) {
	for i, at := range r.Perm(len(scores)) {
		if 2*i < len(scores) {
			in = append(in, scores[at])
		} else {
			out = append(out, scores[at])
		}
	}
	return in, out
}

func inside(s Share, interval [2]float64) bool {
	return interval[0] <= s.Rate && s.Rate <= interval[1]
}
