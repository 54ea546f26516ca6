package web

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pristine/internal/problem"
	"pristine/verdict"
)

// collector turns a Status into metrics when it is asked, so that no counter
// is kept twice.
type collector struct{ status func() Status }

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("pristine_"+name, help, labels, nil)
}

var (
	info          = describe("info", "1; the labels say what runs.", "station", "version", "bundle", "provider")
	healthy       = describe("healthy", "1 while no problem is critical or an error, as /healthz.")
	problems      = describe("problem", "1 for each problem that there is now; docs/problems.md lists the codes.", "code", "severity", "camera")
	fit           = describe("station_fit", "1 while the verdicts of the camera can be trusted, as /fitz.", "camera")
	waiting       = describe("camera_waiting", "1 while the camera gives no frames; the cause is a stable code.", "camera", "cause")
	degraded      = describe("model_degraded", "1 while the model runs on another provider than the first configured.")
	state         = describe("model_state", "1 for the state that the model is in.", "state")
	verdicts      = describe("verdicts_total", "Results.", "camera", "verdict")
	frames        = describe("frames_total", "Frames taken from the camera.", "camera")
	scored        = describe("frames_scored_total", "Frames that were scored.", "camera")
	opens         = describe("camera_opens_total", "Attempts to open the camera.", "camera")
	failures      = describe("camera_failures_total", "Times that the camera failed to open or to deliver.", "camera")
	abandoned     = describe("camera_abandoned_reads", "Reads that hang now.", "camera")
	streaming     = describe("camera_streaming", "1 while the camera delivers.", "camera")
	shadow        = describe("prompts_shadow", "1 while verdicts are published as shadow.", "camera", "prompt_set")
	refused       = describe("prompts_refused", "1 while the last edit of a prompt set is not in effect because of its mistakes.", "camera")
	unsent        = describe("results_unsent_total", "Results that could not be stored.", "camera")
	triggers      = describe("triggers_total", "Triggers by what became of them; each accepted one is answered, missed or late in the end.", "camera", "outcome")
	ages          = describe("verdict_age_seconds", "From the capture of the frame that decided to the verdict; quantiles of the last ten minutes.", "camera")
	sequence      = describe("events_sequence", "Sequence of the last event.")
	hubTakes      = describe("events_hub_takes", "1 while the hub takes events.")
	severities    = describe("severities_total", "FAIL and REVIEW results by the severity of the likeliest defect.", "camera", "verdict", "severity")
	folderWaiting = describe("folder_waiting", "Pictures of a watched folder that were not read yet.", "camera")
	folderAge     = describe("folder_oldest_age_seconds", "Age of the oldest picture of a watched folder that was not read yet; 0 where there is none.", "camera")
	folderDone    = describe("folder_done_total", "Pictures of a watched folder whose event is stored.", "camera")
	dropped       = describe("frames_dropped_total", "Frames that were not inspected: overwritten by a newer one, left out by fps:N (pace), without a trigger (gate), or stale.", "camera", "cause")
)

// Describe implements prometheus.Collector.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{info, healthy, problems, fit, waiting, degraded, state, verdicts, severities, frames, scored, dropped, opens, failures, abandoned, streaming, shadow, refused, unsent, triggers, ages, sequence, hubTakes, folderWaiting, folderAge, folderDone} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	s := c.status()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v uint64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	gauge(info, 1, s.Station, s.Version, s.Model.Bundle, s.Model.Provider)
	gauge(healthy, one(problem.Healthy(s.Problems)))
	for i := range s.Problems {
		p := &s.Problems[i]
		gauge(problems, 1, string(p.Code), string(p.Severity), p.Camera)
	}
	for _, f := range fitness(&s).Stations {
		gauge(fit, one(f.Fit), f.Name)
	}
	gauge(degraded, one(s.Model.Degraded))
	for _, name := range ModelStates() {
		gauge(state, one(s.Model.State == name), name)
	}
	gauge(sequence, float64(s.Events.Sequence))
	gauge(hubTakes, one(s.Events.HubTakes))
	for i := range s.Cameras {
		k := &s.Cameras[i]
		for verdict, n := range k.Verdicts {
			count(verdicts, n, k.Name, verdict)
		}
		for _, v := range []verdict.Verdict{verdict.Fail, verdict.Review} {
			for _, severity := range verdict.Severities() { // all of them, so that a rate has a 0 to start from
				count(severities, k.Severities[string(v)][string(severity)], k.Name, string(v), string(severity))
			}
		}
		count(frames, k.Frames, k.Name)
		count(scored, k.Scored, k.Name)
		for cause, n := range k.DroppedBy {
			count(dropped, n, k.Name, cause)
		}
		count(opens, k.Opens, k.Name)
		count(failures, k.Failures, k.Name)
		count(unsent, k.Unsent, k.Name)
		gauge(abandoned, float64(k.Abandoned), k.Name)
		gauge(streaming, one(k.Phase == "streaming"), k.Name)
		if k.Cause != "" {
			gauge(waiting, 1, k.Name, k.Cause)
		}
		gauge(shadow, one(k.Shadow), k.Name, k.PromptSet)
		gauge(refused, one(k.Refused != ""), k.Name)
		out <- prometheus.MustNewConstSummary(ages, k.VerdictAge.Count, k.VerdictAge.Sum, k.VerdictAge.quantiles(), k.Name)
		if t := k.Triggers; t != nil {
			count(triggers, t.Accepted, k.Name, "accepted")
			count(triggers, t.Answered, k.Name, "answered")
			count(triggers, t.Missed, k.Name, "missed")
			count(triggers, t.Late, k.Name, "late")
			count(triggers, t.Overrun, k.Name, "overrun")
			count(triggers, t.Duplicate, k.Name, "duplicate")
		}
		if d := k.Folder; d != nil {
			gauge(folderWaiting, float64(d.Waiting), k.Name)
			age := 0.0
			if !d.Oldest.IsZero() {
				age = max(0, time.Since(d.Oldest).Seconds())
			}
			gauge(folderAge, age, k.Name)
			count(folderDone, d.Done, k.Name)
		}
	}
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
