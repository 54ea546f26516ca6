package names

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
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

// Classifier names defects.
type Classifier struct {
	kinds       []string // sorted
	counts      []int    // examples, by kind
	weights     []float64
	bias        []float64
	center      []float64 // of vectors and scaled measures
	mean, scale []float64 // of measures
	temperature float64
	check       Check
}

// Check is the result of cross-validation.
type Check struct {
	Right int  `json:"right"` // examples that get the name of their kind
	Of    int  `json:"of"`
	Apart bool `json:"apart"` // Right is significantly above chance
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

// row returns the vectors and the scaled measures as one vector.
func (c *Classifier) row(l *Looks) []float64 {
	row := make([]float64, 0, len(l.Vectors)+len(l.Measures))
	for _, v := range l.Vectors {
		row = append(row, float64(v))
	}
	for i, m := range l.Measures {
		row = append(row, (m-c.mean[i])*c.scale[i])
	}
	return row
}

// fit solves the regression in its dual form, since there are far fewer examples than
// dimensions.
func (c *Classifier) fit(examples []Example) {
	n, kinds := len(examples), len(c.kinds)
	first := c.row(&examples[0].Looks)
	dim := len(first)
	x, y, kindOf := mat.NewDense(n, dim, nil), mat.NewDense(n, kinds, nil), make([]int, n)
	c.center, c.bias = make([]float64, dim), make([]float64, kinds)
	for i := range examples {
		row := c.row(&examples[i].Looks)
		x.SetRow(i, row)
		for k, v := range row {
			c.center[k] += v / float64(n)
		}
		kindOf[i], _ = slices.BinarySearch(c.kinds, examples[i].Kind)
		c.bias[kindOf[i]] += 1 / float64(n)
	}
	for i := range n {
		for k := range dim {
			x.Set(i, k, x.At(i, k)-c.center[k])
		}
		for k := range kinds {
			y.Set(i, k, -c.bias[k])
		}
		y.Set(i, kindOf[i], 1-c.bias[kindOf[i]])
	}
	gram := mat.NewSymDense(n, nil)
	gram.SymOuterK(1, x)
	ridge := penalty*mat.Trace(gram)/float64(n) + 1e-9
	regular := mat.NewSymDense(n, nil)
	regular.CopySym(gram)
	for i := range n {
		regular.SetSym(i, i, gram.At(i, i)+ridge)
	}
	var factors mat.Cholesky
	factors.Factorize(regular) // positive definite: the ridge is above 0
	var dual, weights mat.Dense
	_ = factors.SolveTo(&dual, y) // the ridge prevents an ill-conditioned system
	weights.Mul(dual.T(), x)
	c.weights = weights.RawMatrix().Data
}

// leftOut returns, for each example, the scores of the kinds by a classifier that was
// learned without it (stratified cross-validation). Each fold holds out the same share
// of each kind. Leave-one-out would make the kind of the held-out example rarer.
func (c *Classifier) leftOut(examples []Example) (scores [][]float64, kindOf []int) {
	part, seen := make([]int, len(examples)), make([]int, len(c.kinds))
	parts := min(slices.Max(c.counts), mostParts)
	kindOf, scores = make([]int, len(examples)), make([][]float64, len(examples))
	for i := range examples {
		kindOf[i], _ = slices.BinarySearch(c.kinds, examples[i].Kind)
		part[i] = seen[kindOf[i]] % parts
		seen[kindOf[i]]++
	}
	for p := range parts {
		var rest []Example
		for i := range examples {
			if part[i] != p {
				rest = append(rest, examples[i])
			}
		}
		without := learn(rest)
		for i := range examples {
			if part[i] != p {
				continue
			}
			scores[i] = make([]float64, len(c.kinds))
			for k, kind := range c.kinds {
				if at, known := slices.BinarySearch(without.kinds, kind); known {
					scores[i][k] = without.score(at, &examples[i].Looks)
				}
			}
		}
	}
	return scores, kindOf
}

// calibrate fits the temperature to the scores of held-out examples, and counts how
// often they were right.
func (c *Classifier) calibrate(left [][]float64, kindOf []int) {
	n, most := len(left), slices.Max(c.counts)
	for i, scores := range left {
		if argmax(scores) == kindOf[i] {
			c.check.Right++
		}
	}
	c.check.Of = n
	always := float64(most) / float64(n) // accuracy of always naming the commonest kind
	luck := distuv.Binomial{N: float64(n), P: always}
	c.check.Apart = 1-luck.CDF(float64(c.check.Right-1)) < chance
	// With a target of 1, a few examples that happen to be right would lead to a
	// temperature of 0.
	target, best := float64(n+1)/float64(n+2), math.Inf(1)
	shares := make([]float64, len(c.kinds))
	const steps, coldest, hottest = 120, 0.01, 3
	for s := range steps {
		t := coldest * math.Pow(hottest/coldest, float64(s)/(steps-1))
		loss := 0.0
		for i, scores := range left {
			softmax(scores, t, shares)
			for k, p := range shares {
				want := (1 - target) / float64(len(shares)-1)
				if k == kindOf[i] {
					want = target
				}
				loss -= want * math.Log(max(p, 1e-300))
			}
		}
		if loss < best {
			best, c.temperature = loss, t
		}
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
