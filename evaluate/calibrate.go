package evaluate

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
)

// Calibration is the result of Calibrate, with its intervals.
type Calibration struct {
	Platt      Platt      `json:"platt"`
	Thresholds Thresholds `json:"-"`
	Targets    []string   `json:"targets"`
	// Overkill and Escape are measured at the thresholds, on the parts that they
	// were chosen on. The interval of a targeted rate is exact nevertheless: see
	// Allowed.
	Overkill Share `json:"overkill"`
	Escape   Share `json:"escape"`
	// NextOverkill and NextEscape are 95 % prediction intervals for the next
	// NextParts parts of each label.
	NextOverkill [2]float64 `json:"next_overkill_95"`
	NextEscape   [2]float64 `json:"next_escape_95"`
	// HeldOut has the same figures, and the calibration error, on held-out parts.
	HeldOut HeldOut `json:"held_out"`
}

// HeldOut are cross-validated figures: each part is judged by a calibration on the other
// folds.
type HeldOut struct {
	Folds            int     `json:"folds"`
	Overkill         Share   `json:"overkill"`
	Escape           Share   `json:"escape"`
	CalibrationError float64 `json:"calibration_error"`
	AUROC            float64 `json:"auroc"`
}

// NextParts is the number of future parts for which a calibration predicts the rates.
const NextParts = 1000

// ErrTooFew is wrapped by an error that is returned if there are too few parts to
// support a claim.
var ErrTooFew = errors.New("the pictures cannot support the claim")

// folds is the number of folds of the cross-validation.
const folds = 5

// Calibrate fits P(defect) to the raw scores of good and bad parts, and sets the
// thresholds so that the targets are met with 95 % confidence. Thresholds stay as close
// to a P(defect) of 0.5 as the targets allow. Without a target REVIEW begins at 0.2 and
// FAIL at 0.8. The seed assigns the parts to the folds.
func Calibrate(good, bad []float64, targets []Target, seed uint64) (*Calibration, error) {
	if err := enough(len(good), len(bad), targets); err != nil {
		return nil, err
	}
	platt, err := FitPlatt(good, bad)
	if err != nil {
		return nil, err
	}
	platt = Platt{significant(platt.Slope), significant(platt.Offset)}
	c := &Calibration{Platt: platt}
	for _, t := range targets {
		c.Targets = append(c.Targets, t.String())
	}
	cut := cuts(len(good), len(bad), targets)
	if c.Thresholds, err = cut.place(good, bad, platt); err != nil {
		return nil, err
	}
	c.Overkill, c.Escape = rates(good, bad, platt, c.Thresholds)
	c.NextOverkill = Expected(c.Overkill.K, max(cut.overkill, c.Overkill.K), len(good), NextParts)
	c.NextEscape = Expected(c.Escape.K, max(cut.escape, c.Escape.K), len(bad), NextParts)
	c.Overkill = bound(c.Overkill.K, cut.overkill, len(good))
	c.Escape = bound(c.Escape.K, cut.escape, len(bad))
	c.HeldOut, err = crossValidate(good, bad, cut, seed)
	return c, err
}

// enough returns an error if the data cannot support the targets, with the number of
// parts that could.
func enough(good, bad int, targets []Target) error {
	var all []string
	for _, t := range targets {
		n, label := good, "good"
		if t.Of == Escape {
			n, label = bad, "bad"
		}
		if Allowed(n, t.Rate) < 0 {
			need := PartsToClaim(t.Rate)
			all = append(all, fmt.Sprintf("%s takes at least %d %s pictures without a single error: there are %d, so add %d more or ask for %s<=%.2g%%",
				t, need, label, n, need-n, t.Of, 100*claimable(n)))
		}
	}
	if good < 2*folds || bad < 2*folds {
		all = append(all, fmt.Sprintf("cross-validation takes at least %d good and %d bad pictures: there are %d and %d", 2*folds, 2*folds, good, bad))
	}
	if len(all) > 0 {
		return fmt.Errorf("%w: %s", ErrTooFew, strings.Join(all, "; "))
	}
	return nil
}

// claimable returns the lowest rate that n parts without an error can prove, rounded up
// to two digits of a percentage.
func claimable(n int) float64 {
	rate := 1 - math.Pow(1-confidence, 1/float64(max(n, 1)))
	digits := math.Pow(10, math.Floor(math.Log10(rate))-1)
	return math.Ceil(rate/digits) * digits
}

func cuts(good, bad int, targets []Target) cut {
	c := cut{-1, -1, good, bad}
	for _, t := range targets {
		switch {
		case t.Of == Overkill && (c.overkill < 0 || Allowed(good, t.Rate) < c.overkill):
			c.overkill = Allowed(good, t.Rate)
		case t.Of == Escape && (c.escape < 0 || Allowed(bad, t.Rate) < c.escape):
			c.escape = Allowed(bad, t.Rate)
		}
	}
	return c
}

func mapped(raw []float64, p Platt) []float64 {
	out := make([]float64, len(raw))
	for i, v := range raw {
		out[i] = p.Probability(v)
	}
	sort.Float64s(out)
	return out
}

func rates(good, bad []float64, p Platt, t Thresholds) (overkill, escape Share) {
	failed, passed := 0, 0
	for _, v := range good {
		if p.Probability(v) >= t.Fail {
			failed++
		}
	}
	for _, v := range bad {
		if p.Probability(v) < t.Review {
			passed++
		}
	}
	return NewShare(failed, len(good)), NewShare(passed, len(bad))
}

func crossValidate(good, bad []float64, c cut, seed uint64) (HeldOut, error) {
	h := HeldOut{Folds: folds, AUROC: AUROC(good, bad)}
	r := rand.New(rand.NewPCG(seed, 1))
	goodFold, badFold := deal(r, len(good)), deal(r, len(bad))
	failed, passed := 0, 0
	var goodP, badP []float64
	for fold := range folds {
		goodIn, goodOut := hold(good, goodFold, fold)
		badIn, badOut := hold(bad, badFold, fold)
		p, err := FitPlatt(goodIn, badIn)
		if err != nil {
			return h, fmt.Errorf("cross-validate: %w", err)
		}
		t, err := c.place(goodIn, badIn, p)
		if err != nil {
			return h, fmt.Errorf("cross-validate: %w", err)
		}
		overkill, escape := rates(goodOut, badOut, p, t)
		failed, passed = failed+overkill.K, passed+escape.K
		goodP, badP = append(goodP, mapped(goodOut, p)...), append(badP, mapped(badOut, p)...)
	}
	h.Overkill, h.Escape = NewShare(failed, len(good)), NewShare(passed, len(bad))
	h.CalibrationError = CalibrationError(goodP, badP, calibrationBins)
	return h, nil
}

// deal assigns each of n parts to a fold. The folds have equal sizes.
func deal(r *rand.Rand, n int) []int {
	all := r.Perm(n)
	for i := range all {
		all[i] %= folds
	}
	return all
}

func hold(scores []float64, fold []int, out int) (in, held []float64) {
	for i, s := range scores {
		if fold[i] == out {
			held = append(held, s)
		} else {
			in = append(in, s)
		}
	}
	return in, held
}
