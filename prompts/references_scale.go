package prompts

import (
	"errors"
	"math"
)

// What good pictures of rendered lots (training/render/lots.py) show of the scores of
// pictures that are not among the references; the four sets of
// models/pocket/README.md were a check only.
const (
	// The mean distance to the nearest patch falls with the number of pictures
	// to that power: by a factor of 0.93 from one to two, 0.99 from seven to
	// eight.
	fall = 0.1
	// Between the halves of a single picture the distance is larger than to
	// another picture: this is the ratio.
	fromHalves = 0.84
	// With that picture turned, too, a new one is nearer still: so the good ones of
	// the four lots of cmd/edge/testdata score in the mean as they do without.
	fromHalvesTurned = 0.81
	// The spread of scores as a share of the mean distance, which a few pictures
	// show too poorly, and how many pictures that knowledge is worth. With four
	// references, on six sets of photos and seven rendered lots, a tenth failed 5 %
	// of good pictures, 0.15 2 to 3 %, a fifth 1 to 2 %, for escapes of 14, 17 and
	// 21 %, in detail 12, 13 and 16 %. Taken of the mean score, which begins at the
	// mean distance and not at none, 0.15 failed 5 to 7 %.
	usualSpread = 0.15
	worth       = 4
)

// unseen is by how much nearer a new picture's patches are than those by which
// the scores of the references were measured: it is compared with all of
// them, each of them only with the others.
func (r *References) unseen() float64 {
	switch {
	case r.good == 1 && r.turned:
		return fromHalvesTurned
	case r.good == 1:
		return fromHalves
	}
	return math.Pow(float64(r.good-1)/float64(r.good), fall)
}

// setGood sets center and spread by the scores of good pictures, whose
// distances are nearer times too long. The spread is that of a next score: the
// usual one and the measured one, each weighted by its number of pictures, and
// on top how far the mean of so few may be off.
func (r *References) setGood(scores []float32, nearer float64) {
	mean, std := moments(scores)
	zero := r.zero() // scores are counted from there
	r.center = nearer*(mean+zero) - zero
	n, usual := float64(len(scores)), usualSpread*(r.center+zero)
	variance := (worth*usual*usual + n*std*std) / (worth + n - 1)
	r.spread = math.Sqrt(variance * (1 + 1/n))
}

// CalibrateGood returns a bank whose P(defect) is set by the raw scores of good
// pictures that are not among its references, which shows their true spread.
func (b *Bank) CalibrateGood(raw []float32) (*Bank, error) {
	if b.references == nil || len(raw) < 2 {
		return nil, errors.New("calibrate: needs references and at least two more good pictures")
	}
	with, references := *b, *b.references
	references.setGood(raw, 1)
	references.spreadKnown = true
	with.references = &references
	return &with, nil
}
