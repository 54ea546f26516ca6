package prompts

import (
	"errors"
	"math"
)

// These constants were fitted to good pictures of rendered lots
// (training/render/lots.py) that are not among the references. The four sets of
// models/pocket/README.md served as a check only.
const (
	// distanceDecay is the exponent by which the mean distance to the nearest patch decreases
	// with the number of references: by a factor of 0.93 from one to two, and of 0.99
	// from seven to eight.
	distanceDecay = 0.1
	// fromHalves is the ratio of the distance to another picture and the distance
	// between the halves of a single one.
	fromHalves = 0.84
	// fromHalvesTurned is fromHalves if the reference is also matched rotated, which
	// brings a new picture nearer. With it the good pictures of the four lots of
	// cmd/edge/testdata have the same mean score as without rotation.
	fromHalvesTurned = 0.81
	// priorSpread is the prior of the spread of scores, as a share of the mean
	// distance. A few pictures are too few to measure the spread. With four references,
	// on six sets of photos and seven rendered lots, 0.1 failed 5 % of good pictures,
	// 0.15 2 to 3 % and 0.2 1 to 2 %. Escapes were 14, 17 and 21 %, and 12, 13 and
	// 16 % with detail. As a share of the mean score instead, 0.15 failed 5 to 7 %.
	priorSpread = 0.15
	// priorWeight is the weight of the prior, as a number of pictures.
	priorWeight = 4
)

// unseen returns the ratio of a new picture's distances and the leave-one-out distances
// of the references. A new picture is nearer: it is compared with all references, each
// reference only with the others.
func (r *References) unseen() float64 {
	switch {
	case r.good == 1 && r.turned:
		return fromHalvesTurned
	case r.good == 1:
		return fromHalves
	}
	return math.Pow(float64(r.good-1)/float64(r.good), distanceDecay)
}

// setGood sets center and spread from the scores of good pictures, whose distances are
// scaled by nearer. The variance combines the prior and the measured one, each weighted
// by its number of pictures. It is increased by the uncertainty of a mean of so few, to
// predict the next score.
func (r *References) setGood(scores []float32, nearer float64) {
	mean, std := moments(scores)
	zero := r.zero() // so that nearer scales distances, not scores
	r.center = nearer*(mean+zero) - zero
	n, usual := float64(len(scores)), priorSpread*(r.center+zero)
	variance := (priorWeight*usual*usual + n*std*std) / (priorWeight + n - 1)
	r.spread = math.Sqrt(variance * (1 + 1/n))
}

// CalibrateGood returns a bank whose P(defect) is fitted to the raw scores of good
// pictures that are not among its references. These show the true spread.
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
