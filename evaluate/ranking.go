package evaluate

import (
	"math"
	"sort"
)

// AUROC returns the probability that a defective part scores above a good one, in [0,
// 1]. Ties count half. It is NaN if either list is empty.
func AUROC(good, bad []float64) float64 {
	if len(good) == 0 || len(bad) == 0 {
		return math.NaN()
	}
	sorted := append([]float64(nil), good...)
	sort.Float64s(sorted)
	wins := 0.0
	for _, b := range bad {
		below := sort.SearchFloat64s(sorted, b)
		notAbove := sort.Search(len(sorted), func(i int) bool { return sorted[i] > b })
		wins += float64(below) + float64(notAbove-below)/2
	}
	return wins / float64(len(good)) / float64(len(bad))
}

type labelled struct {
	score float64
	bad   bool
}

// descending merges the scores in descending order.
func descending(good, bad []float64) []labelled {
	all := make([]labelled, 0, len(good)+len(bad))
	for _, s := range good {
		all = append(all, labelled{s, false})
	}
	for _, s := range bad {
		all = append(all, labelled{s, true})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].score > all[j].score })
	return all
}

// thresholds calls at for each distinct score, with the numbers of bad and good parts at
// or above it.
func thresholds(good, bad []float64, at func(score float64, hits, falseAlarms int)) {
	hits, falseAlarms := 0, 0
	all := descending(good, bad)
	for i, l := range all {
		if l.bad {
			hits++
		} else {
			falseAlarms++
		}
		if i+1 == len(all) || all[i+1].score != l.score {
			at(l.score, hits, falseAlarms)
		}
	}
}

// AveragePrecision returns the area under the precision–recall curve as a step function,
// as scikit-learn defines it. It is NaN without bad parts.
func AveragePrecision(good, bad []float64) float64 {
	if len(bad) == 0 {
		return math.NaN()
	}
	sum, recall := 0.0, 0.0
	thresholds(good, bad, func(_ float64, hits, falseAlarms int) {
		r := float64(hits) / float64(len(bad))
		sum += (r - recall) * float64(hits) / float64(hits+falseAlarms)
		recall = r
	})
	return sum
}

// F1Max returns the highest F1 over all thresholds, and the threshold. A part at or
// above it is bad.
func F1Max(good, bad []float64) (f1, threshold float64) {
	thresholds(good, bad, func(score float64, hits, falseAlarms int) {
		if f := 2 * float64(hits) / float64(hits+falseAlarms+len(bad)); f > f1 {
			f1, threshold = f, score
		}
	})
	return f1, threshold
}

// Point is one point of a ROC curve: the shares of good and of bad parts at or above a
// threshold.
type Point struct{ FalseAlarms, Hits float64 }

// ROC returns the points of the curve from (0, 0) to (1, 1), one for each distinct
// score.
func ROC(good, bad []float64) []Point {
	points := []Point{{0, 0}}
	thresholds(good, bad, func(_ float64, hits, falseAlarms int) {
		points = append(points, Point{float64(falseAlarms) / float64(max(len(good), 1)), float64(hits) / float64(max(len(bad), 1))})
	})
	return points
}
