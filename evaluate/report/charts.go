package report

import (
	"fmt"
	"math"
	"strings"

	"pristine/evaluate"
)

// The charts' plotting area, in SVG units; page.html draws around it.
const (
	chartWidth  = 520.0
	chartHeight = 200.0
	rocSide     = 240.0
	histBins    = 30
)

// bar is a bar of the histogram, in SVG units.
type bar struct {
	X, Y, Width, Height float64
	Bad                 bool
	Title               string
}

// histogram counts P(defect) by label in mirrored bars, good parts above the axis and
// bad ones below it. Each half has its own scale, so that a few bad parts are visible
// beside many good ones.
func (r *Report) histogram() []bar {
	var counts [2][histBins]int
	for _, o := range r.outcomes {
		bin := min(max(int(o.P*histBins), 0), histBins-1)
		counts[label(o.Bad)][bin]++
	}
	var bars []bar
	step := chartWidth / histBins
	for side, bins := range counts {
		most := 1
		for _, n := range bins {
			most = max(most, n)
		}
		for i, n := range bins {
			if n == 0 {
				continue
			}
			// Square roots keep a single part visible beside hundreds.
			height := math.Sqrt(float64(n)/float64(most)) * (chartHeight/2 - 4)
			b := bar{X: float64(i)*step + 1, Y: chartHeight/2 - height, Width: step - 2, Height: height, Bad: side == 1}
			if b.Bad {
				b.Y = chartHeight / 2
			}
			b.Title = fmt.Sprintf("%d %s, P(defect) %.2f to %.2f", n, [2]string{"good", "bad"}[side], float64(i)/histBins, float64(i+1)/histBins)
			bars = append(bars, b)
		}
	}
	return bars
}

func label(bad bool) int {
	if bad {
		return 1
	}
	return 0
}

// rocPath returns the curve in a square of rocSide, as an SVG path.
func (r *Report) rocPath() string {
	var b strings.Builder
	for i, p := range evaluate.ROC(evaluate.Raw(r.outcomes)) {
		command := "L"
		if i == 0 {
			command = "M"
		}
		fmt.Fprintf(&b, "%s%.2f %.2f", command, p.FalseAlarms*rocSide, (1-p.Hits)*rocSide)
	}
	return b.String()
}

// at returns the position of a probability on the histogram's axis.
func at(p float64) float64 { return p * chartWidth }
