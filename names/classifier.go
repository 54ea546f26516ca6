package names

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

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
