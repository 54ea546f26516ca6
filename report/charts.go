package report

import (
	"cmp"
	"math"
	"slices"
	"time"

	"pristine/history"
)

// Bar is one kind of result in a Pareto chart.
type Bar struct {
	Name     string `json:"name"`
	Severity string `json:"severity,omitempty"`
	N        int    `json:"n"`
}

var severities = []string{"critical", "major", "minor", ""}

// bars sorts by severity, the worst first, then by number.
func bars(counts map[Bar]int) []Bar {
	all := make([]Bar, 0, len(counts))
	for b, n := range counts {
		b.N = n
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b Bar) int {
		return cmp.Or(cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity)), b.N-a.N, cmp.Compare(a.Name, b.Name))
	})
	return all
}

// Charts are the courses of a period.
type Charts struct {
	Rejects PChart `json:"rejects"`
	Margin  EWMA   `json:"margin"`
}

// leastSteps is how many steps limits are made from at least.
const leastSteps = 8

// StepOf is how long a step of a period is: some hundred of them, in round minutes.
func StepOf(period time.Duration) time.Duration {
	for _, m := range []int{1, 2, 5, 10, 15, 30, 60, 120, 240, 480} {
		if step := time.Duration(m) * time.Minute; period/step <= 110 {
			return step
		}
	}
	return 24 * time.Hour
}

// PChart is the reject rate with control limits of three standard deviations
// (Shewhart), which follow the number of parts of each step.
type PChart struct {
	Mean   float64  `json:"mean"`
	Limits bool     `json:"limits"` // there are enough steps for them
	Points []PPoint `json:"points"`
	Alarm  bool     `json:"alarm"` // the last step lies beyond a limit
}

// PPoint is one step.
type PPoint struct {
	Start time.Time `json:"start"`
	N     int       `json:"n"`
	Rate  float64   `json:"rate"`
	Low   float64   `json:"low"`
	High  float64   `json:"high"`
	Out   bool      `json:"out"` // beyond a limit
}

// EWMA is the exponentially weighted moving average of the margin, fail threshold −
// P(defect), with control limits from the first half of the period (Roberts, 1959;
// λ = 0.2, L = 3).
type EWMA struct {
	Mean   float64  `json:"mean"`
	Limits bool     `json:"limits"`
	Points []EPoint `json:"points"`
	Drift  bool     `json:"drift"` // the last value lies beyond a limit
}

// EPoint is one step.
type EPoint struct {
	Start time.Time `json:"start"`
	Value float64   `json:"value"`
	Low   float64   `json:"low"`
	High  float64   `json:"high"`
	Out   bool      `json:"out"`
}

const (
	lambda = 0.2
	sigmas = 3.0
)

// NewCharts makes the charts of steps in order.
func NewCharts(steps []history.Step) Charts {
	return Charts{pChart(steps), ewma(steps)}
}

func pChart(steps []history.Step) PChart {
	c := PChart{Points: []PPoint{}}
	fails, judged := 0, 0
	for _, s := range steps {
		fails, judged = fails+s.Fails, judged+s.Judged
	}
	if judged == 0 {
		return c
	}
	c.Mean = float64(fails) / float64(judged)
	for _, s := range steps {
		if s.Judged == 0 {
			continue
		}
		p := PPoint{Start: s.Start, N: s.Judged, Rate: float64(s.Fails) / float64(s.Judged)}
		half := sigmas * math.Sqrt(c.Mean*(1-c.Mean)/float64(s.Judged))
		p.Low, p.High = max(c.Mean-half, 0), min(c.Mean+half, 1)
		c.Points = append(c.Points, p)
	}
	c.Limits = len(c.Points) >= leastSteps
	for i := range c.Points {
		p := &c.Points[i]
		p.Out = c.Limits && (p.Rate > p.High || p.Rate < p.Low)
		c.Alarm = p.Out
	}
	return c
}

func ewma(steps []history.Step) EWMA {
	e := EWMA{Points: []EPoint{}}
	var scored []history.Step
	for _, s := range steps {
		if s.Scored > 0 {
			scored = append(scored, s)
		}
	}
	base := len(scored) / 2
	e.Limits = base >= leastSteps/2
	if !e.Limits {
		base = len(scored)
	}
	if base == 0 {
		return e
	}
	sum, squares := 0.0, 0.0
	for _, s := range scored[:base] {
		sum += s.Margin
	}
	e.Mean = sum / float64(base)
	for _, s := range scored[:base] {
		squares += (s.Margin - e.Mean) * (s.Margin - e.Mean)
	}
	sigma := math.Sqrt(squares / float64(max(base-1, 1)))
	z := e.Mean
	for i, s := range scored {
		z = lambda*s.Margin + (1-lambda)*z
		half := sigmas * sigma * math.Sqrt(lambda/(2-lambda)*(1-math.Pow(1-lambda, 2*float64(i+1))))
		p := EPoint{Start: s.Start, Value: z, Low: e.Mean - half, High: e.Mean + half}
		p.Out = e.Limits && i >= base && (z < p.Low || z > p.High)
		e.Points, e.Drift = append(e.Points, p), p.Out
	}
	return e
}
