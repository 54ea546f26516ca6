package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Stage is one stage of the way of a frame and of its result.
type Stage int

// The stages in their order. Capture to Score are of frames, Sink to Append of
// results.
const (
	Capture    Stage = iota // from the grab until the source delivers the frame: decoding, turning
	Wait                    // until the station takes it
	Health                  // checks of the picture
	Preprocess              // resizing and normalising
	Encode                  // the model, with waiting for other cameras
	Score                   // prompts and references
	Sink                    // answering, and copying what is stored
	Queue                   // waiting for the disk
	Evidence                // hashing, JPEG, heat map and their storage
	Append                  // storing the event
	stages
)

// String returns the stage's name in metrics and traces.
func (s Stage) String() string {
	return [stages]string{"capture", "wait", "health", "preprocess", "encode", "score", "sink", "queue", "evidence", "append"}[s]
}

// Stages returns every stage in order.
func Stages() []Stage {
	all := make([]Stage, stages)
	for i := range all {
		all[i] = Stage(i)
	}
	return all
}

// Metrics holds the histograms of an agent. It is a prometheus.Collector.
type Metrics struct {
	stages, ages, scores *prometheus.HistogramVec
	forward              prometheus.Histogram
}

// buckets are the upper bounds of each histogram, in seconds but for scores.
func buckets(name string) []float64 {
	switch name {
	case "defect_score":
		return prometheus.LinearBuckets(0.05, 0.05, 20)
	case "verdict_age_seconds":
		return []float64{.005, .01, .02, .03, .05, .075, .1, .15, .25, .5, 1, 2, 5, 10, 30, 60}
	case "events_forward_seconds":
		return []float64{.005, .01, .025, .05, .1, .25, .5, 1, 5, 30, 60, 300, 3600, 86400}
	default: // of stages
		return []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .02, .03, .05, .075, .1, .25, .5, 1, 2.5, 10}
	}
}

// New returns a Metrics without a camera.
func New() *Metrics {
	options := map[string]prometheus.HistogramOpts{}
	by := map[string][]string{}
	for _, m := range List() {
		if m.Type == Histogram {
			options[m.Name] = prometheus.HistogramOpts{Name: m.FullName(), Help: m.Help, Buckets: buckets(m.Name)}
			by[m.Name] = m.Labels
		}
	}
	vec := func(name string) *prometheus.HistogramVec { return prometheus.NewHistogramVec(options[name], by[name]) }
	return &Metrics{
		stages: vec("stage_duration_seconds"), ages: vec("verdict_age_seconds"), scores: vec("defect_score"),
		forward: prometheus.NewHistogram(options["events_forward_seconds"]),
	}
}

// Camera returns the histograms of a camera, with every label resolved.
func (m *Metrics) Camera(name string) *Camera {
	name = Label(name)
	c := &Camera{age: m.ages.WithLabelValues(name), score: m.scores.WithLabelValues(name)}
	for _, s := range Stages() {
		c.stages[s] = m.stages.WithLabelValues(name, s.String())
	}
	return c
}

// Forwarded observes how long an event was on its way from the disk to the hub.
func (m *Metrics) Forwarded(took time.Duration) { m.forward.Observe(seconds(took)) }

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(out chan<- *prometheus.Desc) {
	for _, c := range m.all() {
		c.Describe(out)
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(out chan<- prometheus.Metric) {
	for _, c := range m.all() {
		c.Collect(out)
	}
}

func (m *Metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.stages, m.ages, m.scores, m.forward}
}

// Camera observes what a camera's frames and results take.
type Camera struct {
	stages     [stages]prometheus.Observer
	age, score prometheus.Observer
}

// Observe records how long a stage took.
func (c *Camera) Observe(s Stage, took time.Duration) {
	if c != nil {
		c.stages[s].Observe(seconds(took))
	}
}

// Verdict records the age and the score of a result.
func (c *Camera) Verdict(age time.Duration, score float64) {
	if c != nil {
		c.age.Observe(seconds(age))
		c.score.Observe(score)
	}
}

// seconds of a duration. A clock that was set back makes no negative one.
func seconds(d time.Duration) float64 { return max(d.Seconds(), 0) }
