package soak

import (
	"math"
	"slices"
)

// Slope is how a figure changes, in its unit an hour.
type Slope struct {
	PerHour   float64 `json:"per_hour"`
	Low, High float64 // 95 % interval
}

// SlopeOf returns the Theil–Sen slope of samples, with the interval of Sen (1968): the
// slopes of all pairs between the ranks that Kendall's tau allows. hours ascend. Fewer than
// three samples have no slope: everything is NaN.
func SlopeOf(hours, values []float64) Slope {
	n := len(hours)
	if n < 3 {
		return Slope{math.NaN(), math.NaN(), math.NaN()}
	}
	slopes := make([]float64, 0, n*(n-1)/2)
	for i := range n {
		for j := i + 1; j < n; j++ {
			if hours[j] > hours[i] {
				slopes = append(slopes, (values[j]-values[i])/(hours[j]-hours[i]))
			}
		}
	}
	slices.Sort(slopes)
	c := 1.96 * math.Sqrt(float64(n)*float64(n-1)*float64(2*n+5)/18)
	rank := func(r float64) float64 {
		return slopes[min(max(int(math.Round(r)), 0), len(slopes)-1)]
	}
	all := float64(len(slopes))
	return Slope{PerHour: Median(slopes), Low: rank((all-c)/2 - 1), High: rank((all + c) / 2)}
}

// Median returns the median of values, which it does not change; NaN without any.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
