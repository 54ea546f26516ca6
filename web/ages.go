package web

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// agesWindow is the period that the quantiles of ages cover.
const agesWindow = 10 * time.Minute

// Ages records the ages of a camera's verdicts. It is safe for concurrent use.
type Ages struct{ summary prometheus.Summary }

// NewAges returns an empty Ages.
func NewAges() *Ages {
	return &Ages{prometheus.NewSummary(prometheus.SummaryOpts{
		Name: "age", Help: "age", MaxAge: agesWindow, Objectives: map[float64]float64{0.5: 0.02, 0.99: 0.001},
	})}
}

// Observe records the age of a verdict: the time since the capture of the deciding
// frame.
func (a *Ages) Observe(age time.Duration) { a.summary.Observe(age.Seconds()) }

// Age summarises the ages of verdicts.
type Age struct {
	Count uint64   `json:"count"` // verdicts since the start
	Sum   float64  `json:"sum"`   // of their ages in seconds
	P50   *float64 `json:"p50"`   // seconds, of the last ten minutes; null without a verdict
	P99   *float64 `json:"p99"`
}

// Now returns the current summary.
func (a *Ages) Now() Age {
	var m dto.Metric
	_ = a.summary.Write(&m) // it fails for metrics of other kinds only
	s := m.GetSummary()
	age := Age{Count: s.GetSampleCount(), Sum: s.GetSampleSum()}
	for _, q := range s.GetQuantile() {
		if v := q.GetValue(); math.IsNaN(v) {
			continue
		} else if q.GetQuantile() == 0.5 {
			age.P50 = &v
		} else {
			age.P99 = &v
		}
	}
	return age
}
