package evaluate

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"
)

// The rates that a target can limit.
const (
	Overkill = "overkill" // good parts that FAIL: a lower bound of the fail threshold
	Escape   = "escape"   // bad parts that PASS: an upper bound of the review threshold
)

// Target is the highest acceptable rate.
type Target struct {
	Of   string  // Overkill or Escape
	Rate float64 // within (0, 1)
}

// ParseTarget reads "overkill<=1%", "escape ≤ 0.5 %" or "overkill<=0.01".
func ParseTarget(text string) (Target, error) {
	plain := strings.ReplaceAll(strings.ReplaceAll(text, " ", ""), "≤", "<=")
	of, rate, found := strings.Cut(plain, "<=")
	number, percent := strings.CutSuffix(rate, "%")
	v, err := strconv.ParseFloat(number, 64)
	if percent {
		v /= 100
	}
	if !found || err != nil || (of != Overkill && of != Escape) || !(v > 0 && v < 1) {
		return Target{}, fmt.Errorf("read target %q: must be overkill<=RATE or escape<=RATE with a rate above 0 and below 100 %%, such as overkill<=1%%", text)
	}
	return Target{of, v}, nil
}

func (t Target) String() string {
	return t.Of + "<=" + strconv.FormatFloat(100*t.Rate, 'g', 6, 64) + "%"
}

// confidence is the confidence of every claim.
const confidence = 0.95

// Allowed returns how many of n parts may be on the wrong side of a threshold so that it
// still meets a target rate with 95 % confidence. It returns −1 if n parts cannot prove
// that even without an error. It depends only on n and the rate, so a threshold between
// the scores with these ranks has that confidence (Wilks, 1941).
func Allowed(n int, rate float64) int {
	if n == 0 {
		return -1
	}
	b := distuv.Binomial{N: float64(n), P: rate}
	k := -1
	for b.CDF(float64(k+1)) <= 1-confidence {
		k++
	}
	return k
}

// Expected returns the 95 % prediction interval, as shares, of the errors among the next
// m parts, for a threshold with k of n parts on its wrong side that could have had up to
// allowed. It is exact for any distribution of scores, since the ranks of exchangeable
// parts are uniform: the count is negative hypergeometric at either end of the gap in
// which the threshold lies.
func Expected(k, allowed, n, m int) [2]float64 {
	low, high := 0, m
	if k == allowed && k > 0 {
		low = quantileOfErrors(k-1, n, m, 0.025)
	}
	if allowed < n {
		high = quantileOfErrors(allowed, n, m, 0.975)
	}
	return [2]float64{float64(low) / float64(m), float64(high) / float64(m)}
}

// quantileOfErrors returns the smallest j such that at most j of m new parts score above
// the (k+1)-th highest of n with more than the given probability.
func quantileOfErrors(k, n, m int, chance float64) int {
	sum := 0.0
	for j := range m {
		// C(k+j, j)·C(n−k−1+m−j, m−j) / C(n+m, m)
		sum += math.Exp(logChoose(k+j, j) + logChoose(n-k-1+m-j, m-j) - logChoose(n+m, m))
		if sum > chance {
			return j
		}
	}
	return m
}

// logChoose returns the logarithm of a binomial coefficient.
func logChoose(n, k int) float64 {
	gamma := func(v int) float64 {
		l, _ := math.Lgamma(float64(v) + 1)
		return l
	}
	return gamma(n) - gamma(k) - gamma(n-k)
}
