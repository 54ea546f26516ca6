package evaluate

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/optimize"
)

// Platt maps a raw score to a probability: 1/(1+exp(−(Slope·raw+Offset))).
type Platt struct {
	Slope  float64 `json:"slope"`
	Offset float64 `json:"offset"`
}

// Probability returns P(defect) for a raw score.
func (p Platt) Probability(raw float64) float64 { return 1 / (1 + math.Exp(-p.Slope*raw-p.Offset)) }

// Score returns the raw score of a probability within (0, 1).
func (p Platt) Score(probability float64) float64 {
	return (math.Log(probability/(1-probability)) - p.Offset) / p.Slope
}

// ErrUpsideDown is wrapped by an error that is returned if bad parts do not score above
// good ones.
var ErrUpsideDown = errors.New("bad parts do not score above good ones")

// FitPlatt fits the sigmoid (Platt, 1999, with his smoothed targets). Good and bad parts
// have equal weight, whatever their numbers. A probability of 0.5 therefore means "good
// and bad equally likely", independent of the share of bad pictures.
func FitPlatt(good, bad []float64) (Platt, error) {
	if len(good) == 0 || len(bad) == 0 {
		return Platt{}, errors.New("fit calibration: it needs good and bad parts")
	}
	center, spread := MeanDeviation(append(append([]float64(nil), good...), bad...))
	if spread == 0 {
		return Platt{}, fmt.Errorf("fit calibration: all scores are equal: %w", ErrUpsideDown)
	}
	loss := func(x, gradient []float64) float64 {
		gradient[0], gradient[1] = 0, 0
		prior := float64(len(good)+len(bad)) / 2 // parts of each label, as they are weighted
		return side(good, center, spread, 1/(prior+2), x, gradient) + side(bad, center, spread, (prior+1)/(prior+2), x, gradient)
	}
	scratch := make([]float64, 2)
	found, err := optimize.Minimize(optimize.Problem{
		Func: func(x []float64) float64 { return loss(x, scratch) },
		Grad: func(gradient, x []float64) { loss(x, gradient) },
	}, []float64{1, 0}, &optimize.Settings{GradientThreshold: 1e-10}, &optimize.BFGS{})
	// At the optimum the line search finds no improvement and returns an error.
	if found == nil {
		return Platt{}, fmt.Errorf("fit calibration: %w", err)
	}
	p := Platt{Slope: found.X[0] / spread, Offset: found.X[1] - found.X[0]*center/spread}
	if !(p.Slope > 0) {
		return p, fmt.Errorf("fit calibration: %w", ErrUpsideDown)
	}
	return p, nil
}

// side adds the mean cross entropy of one label's parts and its gradient.
func side(scores []float64, center, spread, target float64, x, gradient []float64) float64 {
	sum, weight := 0.0, 1/float64(len(scores))
	for _, s := range scores {
		z := (s - center) / spread
		logit := x[0]*z + x[1]
		// log(1+e^logit) without overflow.
		sum += weight * (max(logit, 0) + math.Log1p(math.Exp(-math.Abs(logit))) - target*logit)
		d := weight * (1/(1+math.Exp(-logit)) - target)
		gradient[0] += d * z
		gradient[1] += d
	}
	return sum
}

// calibrationBins is the usual number of bins (Guo et al., 2017).
const calibrationBins = 10

// CalibrationError returns the expected calibration error of P(defect) over bins of
// equal width (Guo et al., 2017), with equal weight for good and bad parts. It is NaN if
// either list is empty.
func CalibrationError(good, bad []float64, bins int) float64 {
	if len(good) == 0 || len(bad) == 0 {
		return math.NaN()
	}
	weight, confidence, hits := make([]float64, bins), make([]float64, bins), make([]float64, bins)
	add := func(values []float64, isBad float64) {
		w := 0.5 / float64(len(values))
		for _, p := range values {
			i := min(max(int(p*float64(bins)), 0), bins-1)
			weight[i] += w
			confidence[i] += w * p
			hits[i] += w * isBad
		}
	}
	add(good, 0)
	add(bad, 1)
	sum := 0.0
	for i := range weight {
		sum += math.Abs(hits[i] - confidence[i])
	}
	return sum
}
