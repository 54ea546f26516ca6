package evaluate

import (
	"errors"
	"math"
	"math/rand/v2"
	"sort"
)

// Difference is the difference of two sets on the same pictures.
type Difference struct {
	A        float64    `json:"auroc_a"`
	B        float64    `json:"auroc_b"`
	BMinusA  float64    `json:"b_minus_a"`
	Interval [2]float64 `json:"interval_95"` // of BMinusA
}

// Decided reports whether the interval excludes zero.
func (d Difference) Decided() bool { return d.Interval[0] > 0 || d.Interval[1] < 0 }

// Compare returns the difference of two sets' AUROC with its 95 % interval by a paired
// percentile bootstrap (Efron, 1979). It draws pictures with replacement within each
// label and measures both sets on the same draw. A and B must have the same pictures in
// the same order.
func Compare(a, b []Outcome, draws int, seed uint64) (Difference, error) {
	if len(a) != len(b) {
		return Difference{}, errors.New("compare sets: they were not measured on the same pictures")
	}
	var good, bad []int
	for i := range a {
		if a[i].File != b[i].File || a[i].Bad != b[i].Bad {
			return Difference{}, errors.New("compare sets: they were not measured on the same pictures")
		}
		if a[i].Bad {
			bad = append(bad, i)
		} else {
			good = append(good, i)
		}
	}
	if len(good) == 0 || len(bad) == 0 {
		return Difference{}, errors.New("compare sets: it takes good and bad pictures")
	}
	auroc := func(o []Outcome, goodAt, badAt []int) float64 { return AUROC(rawAt(o, goodAt), rawAt(o, badAt)) }
	d := Difference{A: auroc(a, good, bad), B: auroc(b, good, bad)}
	d.BMinusA = d.B - d.A
	r := rand.New(rand.NewPCG(seed, 0))
	differences := make([]float64, draws)
	for i := range differences {
		g, w := resample(r, good), resample(r, bad)
		differences[i] = auroc(b, g, w) - auroc(a, g, w)
	}
	sort.Float64s(differences)
	d.Interval = [2]float64{quantile(differences, 0.025), quantile(differences, 0.975)}
	return d, nil
}

func rawAt(outcomes []Outcome, at []int) []float64 {
	v := make([]float64, len(at))
	for i, k := range at {
		v[i] = outcomes[k].Raw
	}
	return v
}

func resample(r *rand.Rand, from []int) []int {
	drawn := make([]int, len(from))
	for i := range drawn {
		drawn[i] = from[r.IntN(len(from))]
	}
	return drawn
}

// quantile interpolates between sorted values.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}

// MeanDeviation returns the mean and the sample standard deviation. The deviation of
// fewer than two values is 0.
func MeanDeviation(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	if len(values) < 2 {
		return mean, 0
	}
	for _, v := range values {
		deviation += (v - mean) * (v - mean) / float64(len(values)-1)
	}
	return mean, math.Sqrt(deviation)
}
