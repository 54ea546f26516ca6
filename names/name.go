package names

import "math"

// Check returns the result of cross-validation.
func (c *Classifier) Check() Check { return c.check }

// Kinds returns the kinds with the number of examples of each.
func (c *Classifier) Kinds() map[string]int {
	all := make(map[string]int, len(c.kinds))
	for i, kind := range c.kinds {
		all[kind] = c.counts[i]
	}
	return all
}

// Name returns the kind of a defect and its share, in [0, 1]. It returns "" and 0 if the
// kind is too uncertain.
func (c *Classifier) Name(l *Looks) (kind string, share float64) {
	if !c.check.Apart || len(l.Vectors)+len(l.Measures) != len(c.center) || len(l.Measures) != len(c.mean) {
		return "", 0
	}
	// One pass without a slice of scores: the sum is kept relative to the highest
	// score so far.
	best, highest, sum := 0, math.Inf(-1), 0.0
	for k := range c.kinds {
		s := c.score(k, l) / c.temperature
		if s > highest {
			best, highest, sum = k, s, sum*math.Exp(highest-s)+1
		} else {
			sum += math.Exp(s - highest)
		}
	}
	share = 1 / sum
	if !(share >= LeastShare) || c.counts[best] < Least {
		return "", 0
	}
	return c.kinds[best], share
}

func (c *Classifier) score(k int, l *Looks) float64 {
	w := c.weights[k*len(c.center):][:len(c.center)]
	score := c.bias[k]
	for i, v := range l.Vectors {
		score += w[i] * (float64(v) - c.center[i])
	}
	at := len(l.Vectors)
	for i, m := range l.Measures {
		score += w[at+i] * ((m-c.mean[i])*c.scale[i] - c.center[at+i])
	}
	return score
}
