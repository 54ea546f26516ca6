package names

import (
	"math"
	"slices"
	"strings"
)

// Least is the number of examples that a kind needs to be named. With fewer,
// cross-validation would learn the kind from one example.
const Least = 3

// LeastShare is the share below which the likeliest kind is not named: the name would
// more likely be wrong than right. docs/benchmarks.md has the results.
const LeastShare = 0.5

// penalty is the weight of the ridge penalty, in units of the examples' mean squared
// distance from their mean. On eight rendered lots, four lines of the built-in camera
// and one set of photos, 0.3, 1 and 3 differ by at most half a point.
const penalty = 1

// measureWeight is the length of the standardised measures relative to a unit vector.
const measureWeight = 0.5

// chance is the significance level of cross-validation. It was chosen on the bottle
// tops, whose right names rise from 73 to 82 % between 0.05 and 0.1, while those of lots
// and of the built-in camera do not change. 0.1 is strict enough to refuse meaningless
// labels, since the share must also reach LeastShare.
const chance = 0.1

// mostParts is the largest number of folds of cross-validation (Kohavi 1995).
const mostParts = 10

// Looks describe the appearance of the worst place of a picture.
type Looks struct {
	Vectors  []float32 // of the encoder, one behind the other, unit each
	Measures []float64 // of the place; their scale is learned
}

// Example is a labelled picture.
type Example struct {
	Kind string
	Looks
}

// Learn learns the kinds of the examples. It returns nil if there are fewer than two
// kinds with at least Least examples. All examples must have the same number of vectors
// and measures.
func Learn(examples []Example) *Classifier {
	examples = slices.Clone(examples)
	slices.SortStableFunc(examples, compare)
	known := 0
	for i := 0; i < len(examples); {
		n := i
		for n < len(examples) && examples[n].Kind == examples[i].Kind {
			n++
		}
		if n-i >= Least {
			known++
		}
		i = n
	}
	if known < 2 {
		return nil
	}
	c := learn(examples)
	c.calibrate(c.leftOut(examples))
	return c
}

// learn learns sorted examples.
func learn(examples []Example) *Classifier {
	c := &Classifier{}
	for _, e := range examples {
		if n := len(c.kinds); n == 0 || c.kinds[n-1] != e.Kind {
			c.kinds, c.counts = append(c.kinds, e.Kind), append(c.counts, 0)
		}
		c.counts[len(c.counts)-1]++
	}
	c.standardise(examples)
	c.fit(examples)
	return c
}

// compare orders examples by kind, and those of one kind by content, so that sums do not
// depend on the order of the examples.
func compare(a, b Example) int {
	if d := strings.Compare(a.Kind, b.Kind); d != 0 {
		return d
	}
	return slices.Compare(a.Vectors, b.Vectors)
}

func (c *Classifier) standardise(examples []Example) {
	n, k := float64(len(examples)), len(examples[0].Measures)
	c.mean, c.scale = make([]float64, k), make([]float64, k)
	for i := range k {
		for _, e := range examples {
			c.mean[i] += e.Measures[i] / n
		}
		for _, e := range examples {
			c.scale[i] += (e.Measures[i] - c.mean[i]) * (e.Measures[i] - c.mean[i]) / n
		}
		c.scale[i] = measureWeight / (math.Sqrt(c.scale[i]) + 1e-6) / math.Sqrt(float64(k))
	}
}

func softmax(scores []float64, temperature float64, out []float64) {
	highest, sum := slices.Max(scores), 0.0
	for k, s := range scores {
		out[k] = math.Exp((s - highest) / temperature)
		sum += out[k]
	}
	for k := range scores {
		out[k] /= sum
	}
}

func argmax(v []float64) int {
	best := 0
	for i := range v {
		if v[i] > v[best] {
			best = i
		}
	}
	return best
}
