package evaluate

import (
	"fmt"
	"math"
	"sort"
)

// cut says how many parts may be on the wrong side of each threshold; −1 if no target
// limits it. It applies to the given numbers of parts.
type cut struct{ overkill, escape, good, bad int }

// Default values of P(defect) for the thresholds; bad and good parts weigh the same.
const (
	doubtful = 0.2 // REVIEW without a target: one in five
	evens    = 0.5 // as likely bad as good: a target moves a threshold no farther than it must
	sure     = 0.8 // FAIL without a target: four in five
)

// place sets the thresholds at evens, or as far from it as the ranks of the cut require.
func (c cut) place(good, bad []float64, p Platt) (Thresholds, error) {
	goodP, badP := mapped(good, p), mapped(bad, p)
	t := Thresholds{Review: doubtful, Fail: sure}
	if c.overkill >= 0 {
		k := len(goodP) - 1 - c.overkill*len(goodP)/c.good
		t.Fail = evens
		if low := goodP[k]; low >= evens {
			t.Fail = between(low, next(low, goodP[k+1:], badP))
		}
	}
	if c.escape >= 0 {
		k := c.escape * len(badP) / c.bad
		t.Review = evens
		if high := badP[k]; high < evens {
			t.Review = between(previous(high, badP[:k], goodP), high)
		}
	}
	if c.overkill < 0 {
		t.Fail = max(t.Fail, t.Review)
	}
	t.Review = min(t.Review, t.Fail) // a lower one lets fewer bad parts pass
	if !(t.Review > 0) || !(t.Fail < 1) {
		return t, fmt.Errorf("place thresholds: review %v, fail %v: the scores leave no room between 0 and 1: %w", t.Review, t.Fail, ErrUpsideDown)
	}
	return t, nil
}

// bound returns the rate on the parts that determined a threshold: k of n are on its
// wrong side, and up to allowed could have been. The interval is exact at the rank of
// the cut. A threshold beyond that rank is at least as good, but how much better is
// unknown.
func bound(k, allowed, n int) Share {
	s := NewShare(k, n)
	if k < allowed {
		s.Interval[0] = 0
		_, s.Interval[1] = ClopperPearson(allowed, n)
	}
	return s
}

// significant rounds to six digits, which people can compare in a file.
func significant(v float64) float64 {
	digits := math.Pow(10, 5-math.Floor(math.Log10(math.Abs(v))))
	if math.IsInf(digits, 0) || math.IsNaN(digits) {
		return v
	}
	return math.Round(v*digits) / digits
}

// next returns the lowest value above v in sorted lists, or 1.
func next(v float64, lists ...[]float64) float64 {
	found := 1.0
	for _, list := range lists {
		if i := sort.Search(len(list), func(i int) bool { return list[i] > v }); i < len(list) {
			found = min(found, list[i])
		}
	}
	return found
}

// previous returns the highest value below v in sorted lists, or 0.
func previous(v float64, lists ...[]float64) float64 {
	found := 0.0
	for _, list := range lists {
		if i := sort.SearchFloat64s(list, v); i > 0 {
			found = max(found, list[i-1])
		}
	}
	return found
}

// between returns the decimal with the fewest digits near the middle of two numbers. It
// is above the first and at most the second.
func between(low, high float64) float64 {
	middle := low + (high-low)/2
	for digits := 2; digits < 17; digits++ {
		scale := math.Pow(10, float64(digits))
		if v := math.Round(middle*scale) / scale; v > low && v <= high && v < 1 {
			return v
		}
	}
	return high
}
