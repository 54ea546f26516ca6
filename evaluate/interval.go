package evaluate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// z95 is the normal quantile of a two-sided 95 % interval.
const z95 = 1.959963984540054

// Wilson returns the 95 % score interval of a share of k in n (Wilson, 1927). It is [0,
// 1] if n is 0.
func Wilson(k, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	p, m := float64(k)/float64(n), float64(n)
	center := (p + z95*z95/(2*m)) / (1 + z95*z95/m)
	half := z95 / (1 + z95*z95/m) * math.Sqrt(p*(1-p)/m+z95*z95/(4*m*m))
	return max(center-half, 0), min(center+half, 1)
}

// ClopperPearson returns the exact 95 % interval of a share of k in n (Clopper and
// Pearson, 1934). It is never too narrow, and [0, 1] if n is 0.
func ClopperPearson(k, n int) (low, high float64) {
	low, high = 0, 1
	if k > 0 {
		low = distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(0.025)
	}
	if k < n {
		high = distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(0.975)
	}
	return low, high
}

// PartsToClaim returns how many parts without an error are needed to claim, with 95 %
// confidence, that the error rate is at most rate: the exact rule of three. Rate must be
// within (0, 1).
func PartsToClaim(rate float64) int {
	return int(math.Ceil(math.Log(0.05) / math.Log(1-rate)))
}
