package health

import (
	"math"

	"pristine/capture"
)

// Parts may cover most of the steady points of a view that was learned with an empty
// belt. Covered points do not show the light, so light is the most frequent ratio.

// Ratios of current to learned levels are counted in bins of 1/ratioBins up to
// mostRatio.
const (
	ratioBins = 32
	mostRatio = 4
)

// darkest is the lowest learned level whose ratio is meaningful.
const darkest = 8

// light returns the ratio of the current to the learned level of uncovered steady
// points.
func (b *Baseline) light(f *capture.Frame) (gain float64) {
	var counts [ratioBins * mostRatio]int32
	for _, i := range b.steady {
		if mean := b.mean[i]; mean >= darkest {
			counts[min(int(float32(b.at(f, i)[1])/mean*ratioBins), len(counts)-1)]++
		}
	}
	best, most := 0, int32(-1) // the fullest three bins: noise is wider than one
	for i := 1; i+1 < len(counts); i++ {
		if n := counts[i-1] + counts[i] + counts[i+1]; n > most {
			best, most = i, n
		}
	}
	gain = (float64(best) + 0.5) / ratioBins
	var now, learned float64
	for _, i := range b.steady {
		if level := float64(b.at(f, i)[1]); math.Abs(level-gain*float64(b.mean[i])) <= strayedLevel {
			now += level
			learned += float64(b.mean[i])
		}
	}
	if learned > 0 {
		gain = now / learned
	}
	b.now.light = math.Abs(gain - 1)
	return gain
}

// uncovered is the share of a row's points that parts leave uncovered: one in this many.
// A band affects all of them.
const uncovered = 4 // one in so many

// mostDeviation is the largest deviation that is counted separately, in grey levels.
const mostDeviation = 128

// rowsAndColour measures bands and the colour order.
func (b *Baseline) rowsAndColour(f *capture.Frame, gain float64) {
	var along, energy, sum float64
	rows, seen := 0, 0
	for first := 0; first < len(b.steady); {
		next, last := (int(b.steady[first])/b.cols+1)*b.cols, first // of the row below
		var counts [mostDeviation]int32
		for ; last < len(b.steady) && int(b.steady[last]) < next; last++ {
			i := b.steady[last]
			p := b.at(f, i)
			d := math.Abs(float64(p[1]) - gain*float64(b.mean[i]))
			counts[min(int(d), mostDeviation-1)]++
			if d <= strayedLevel {
				seen++
				tint := float64(b.tint[i])
				along += tint * min(max(float64(int(p[0])-int(p[2])), -math.Abs(tint)), math.Abs(tint)) // a coloured part is no louder than the belt
				energy += tint * tint
			}
		}
		if n := last - first; n >= gridStep {
			d := float64(quantile(&counts, n/uncovered))
			sum += d * d
			rows++
		}
		first = last
	}
	if seen >= leastSteady && energy > leastTint*leastTint*float64(seen) {
		b.now.colour = along / energy
	}
	if rows > 0 {
		b.now.bands = math.Sqrt(sum / float64(rows))
	}
}

// quantile returns the deviation below which that many values are.
func quantile(counts *[mostDeviation]int32, below int) int {
	for d, n := range counts {
		if below -= int(n); below < 0 {
			return d
		}
	}
	return mostDeviation - 1
}
