package web

import (
	"maps"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pristine/internal/problem"
	"pristine/telemetry/metrics"
	"pristine/verdict"
)

// Known lists the allowed values of metric labels. Any other value is "other".
type Known struct {
	Causes   []string // of a camera that waits
	Drops    []string // causes of dropped frames
	Classes  []string // of events
	HubCodes []string // why a hub accepts no events
}

// collector makes metrics from a Status at each scrape, so that no counter exists twice.
type collector struct {
	status func() Status
	known  Known
	all    map[string]*prometheus.Desc // by name without prefix
}

func newCollector(status func() Status, known Known) *collector {
	return &collector{status, known, metrics.Descriptions()}
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range c.all {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	s := c.status()
	w := &writer{c.all, out}
	model := &s.Model
	w.gauge("info", 1, metrics.Label(s.Station), metrics.Label(s.Version), metrics.Label(model.Bundle), metrics.Label(model.Provider))
	w.gauge("healthy", one(problem.Healthy(s.Problems)))
	for i := range s.Problems {
		p := &s.Problems[i]
		w.gauge("problem", 1, string(p.Code), string(p.Severity), metrics.Label(p.Camera))
	}
	for _, f := range fitness(&s).Stations {
		w.gauge("station_fit", one(f.Fit), metrics.Label(f.Name))
	}
	w.gauge("model_degraded", one(model.Degraded))
	for _, name := range ModelStates() {
		w.gauge("model_state", one(model.State == name), name)
	}
	c.events(w, &s.Events)
	for i := range s.Cameras {
		c.camera(w, &s.Cameras[i])
	}
}

// events writes the metrics of the store and the hub.
func (c *collector) events(w *writer, e *Events) {
	w.gauge("events_sequence", float64(e.Sequence))
	w.gauge("events_backlog", float64(e.Backlog))
	w.count("events_forwarded_total", e.Forwarded)
	w.gauge("events_hub_takes", one(e.HubTakes))
	if e.HubCode != "" {
		w.gauge("hub_problem", 1, metrics.OneOf(e.HubCode, c.known.HubCodes))
	}
	s := &e.Store
	w.counts("events_unstored_total", s.Unstored, c.known.Classes)
	w.counts("events_shed_total", s.Shed, c.known.Classes)
	w.counts("events_hub_refused_total", s.HubRefused, c.known.Classes)
	w.counts("evidence_shed_total", s.EvidenceShed, c.known.Classes)
	w.count("store_restarts_total", s.Restarts)
	w.gauge("events_bytes", float64(s.Bytes))
	w.gauge("evidence_bytes", float64(s.EvidenceBytes))
	w.gauge("disk_free_bytes", float64(s.DiskFree))
	w.gauge("disk_reserve_bytes", float64(s.DiskReserve))
	w.count("history_forgotten_total", e.Forgotten)
	for outcome, n := range map[string]uint64{"recorded": e.Spans.Recorded, "exported": e.Spans.Exported, "failed": e.Spans.Failed} {
		w.count("trace_spans_total", n, outcome)
	}
	w.count("requests_total", e.Requests)
	w.count("requests_refused_total", e.RequestsRefused)
}

// camera writes the metrics of one camera.
func (c *collector) camera(w *writer, k *Camera) {
	name := metrics.Label(k.Name)
	verdicts := []string{string(verdict.Pass), string(verdict.Review), string(verdict.Fail), string(verdict.Invalid)}
	w.counts("verdicts_total", k.Verdicts, verdicts, name)
	for _, v := range []verdict.Verdict{verdict.Fail, verdict.Review} {
		for _, severity := range verdict.Severities() { // all of them, so that a rate has a 0 to start from
			w.count("severities_total", k.Severities[string(v)][string(severity)], name, string(v), string(severity))
		}
	}
	w.count("results_held_off_total", k.HeldOff, name)
	w.count("frames_total", k.Frames, name)
	w.count("frames_scored_total", k.Scored, name)
	w.counts("frames_dropped_total", k.DroppedBy, c.known.Drops, name)
	w.count("camera_opens_total", k.Opens, name)
	w.count("camera_failures_total", k.Failures, name)
	w.gauge("camera_abandoned_reads", float64(k.Abandoned), name)
	w.gauge("camera_streaming", one(k.Phase == "streaming"), name)
	if k.Cause != "" {
		w.gauge("camera_waiting", 1, name, metrics.OneOf(k.Cause, c.known.Causes))
	}
	w.gauge("prompts_shadow", one(k.Shadow), name, metrics.Label(k.PromptSet))
	w.gauge("prompts_refused", one(k.Refused != ""), name)
	w.gauge("references", float64(k.References), name)
	w.gauge("results_waiting", float64(k.Waiting), name)
	w.count("results_unsent_total", k.Unsent, name)
	w.count("pictures_given_up_total", k.PicturesGivenUp, name)
	if a := k.Alarms; a != nil {
		w.gauge("reject_rate_out_of_control", one(a.RejectRate), name)
		w.gauge("margin_drift", one(a.MarginDrift), name)
	}
	if t := k.Triggers; t != nil {
		for outcome, n := range map[string]uint64{"accepted": t.Accepted, "answered": t.Answered, "missed": t.Missed, "late": t.Late, "overrun": t.Overrun, "duplicate": t.Duplicate} {
			w.count("triggers_total", n, name, outcome)
		}
	}
	if d := k.Folder; d != nil {
		w.gauge("folder_waiting", float64(d.Waiting), name)
		age := 0.0
		if !d.Oldest.IsZero() {
			age = max(0, time.Since(d.Oldest).Seconds())
		}
		w.gauge("folder_oldest_age_seconds", age, name)
		w.count("folder_done_total", d.Done, name)
	}
}

// writer writes metrics of the list by their name without prefix.
type writer struct {
	all map[string]*prometheus.Desc
	out chan<- prometheus.Metric
}

func (w *writer) gauge(name string, v float64, labels ...string) {
	w.out <- prometheus.MustNewConstMetric(w.all[name], prometheus.GaugeValue, v, labels...)
}

func (w *writer) count(name string, n uint64, labels ...string) {
	w.out <- prometheus.MustNewConstMetric(w.all[name], prometheus.CounterValue, float64(n), labels...)
}

// counts writes one counter for each known key, which is the last label.
func (w *writer) counts(name string, counts map[string]uint64, known []string, labels ...string) {
	sums := metrics.Sums(counts, known)
	for _, key := range slices.Sorted(maps.Keys(sums)) {
		w.count(name, sums[key], append(slices.Clone(labels), key)...)
	}
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
