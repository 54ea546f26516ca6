package metrics

import "github.com/prometheus/client_golang/prometheus"

// Type is the type of a metric.
type Type string

// The types of metrics.
const (
	Gauge     Type = "gauge"
	Counter   Type = "counter"
	Histogram Type = "histogram"
)

// Metric describes one metric family.
type Metric struct {
	Name   string // with its prefix and unit
	Type   Type
	Labels []string
	Help   string
}

// prefix of every name.
const prefix = "pristine_"

// List returns every metric of an agent, in the order of docs/metrics.md.
func List() []Metric {
	camera := []string{"camera"}
	class := []string{"class"}
	return []Metric{
		{"info", Gauge, []string{"station", "version", "bundle", "provider"}, "Always 1; the labels describe the running agent."},
		{"healthy", Gauge, nil, "1 while no problem is critical or an error, as /healthz."},
		{"problem", Gauge, []string{"code", "severity", "camera"}, "1 for each current problem; docs/problems.md lists the codes."},
		{"station_fit", Gauge, camera, "1 while the verdicts of the camera can be trusted, as /fitz."},

		{"verdicts_total", Counter, []string{"camera", "verdict"}, "Results by verdict."},
		{"severities_total", Counter, []string{"camera", "verdict", "severity"}, "FAIL and REVIEW results by the severity of the likeliest defect."},
		{"results_held_off_total", Counter, camera, "FAIL results that were not published because of the hold-off."},
		{"defect_score", Histogram, camera, "Deciding P(defect) of results with a score."},
		{"verdict_age_seconds", Histogram, camera, "Time from the capture of the deciding frame to the verdict."},
		{"stage_duration_seconds", Histogram, []string{"camera", "stage"}, "Duration of one stage: capture to score for each inspected frame, sink to append for each result."},
		{"reject_rate_out_of_control", Gauge, camera, "1 while the newest reject rate is outside the limits of the eight-hour p-chart."},
		{"margin_drift", Gauge, camera, "1 while the moving average of the margin to the fail threshold is outside the limits of the eight-hour EWMA chart."},

		{"frames_total", Counter, camera, "Frames taken from the camera."},
		{"frames_scored_total", Counter, camera, "Frames that were scored."},
		{"frames_dropped_total", Counter, []string{"camera", "cause"}, "Frames that were not inspected: overwritten by a newer one, skipped by fps:N (pace), without a trigger (gate), or stale."},
		{"camera_streaming", Gauge, camera, "1 while the camera delivers frames."},
		{"camera_waiting", Gauge, []string{"camera", "cause"}, "1 while the camera delivers no frames; the cause is a stable code."},
		{"camera_opens_total", Counter, camera, "Attempts to open the camera."},
		{"camera_failures_total", Counter, camera, "Failures to open the camera or to read a frame."},
		{"camera_abandoned_reads", Gauge, camera, "Reads that currently hang."},
		{"triggers_total", Counter, []string{"camera", "outcome"}, "Triggers by outcome; each accepted trigger ends as answered, missed or late."},
		{"folder_waiting", Gauge, camera, "Unread pictures of a watched folder."},
		{"folder_oldest_age_seconds", Gauge, camera, "Age of the oldest unread picture of a watched folder; 0 if there is none."},
		{"folder_done_total", Counter, camera, "Pictures of a watched folder whose event is stored."},

		{"model_state", Gauge, []string{"state"}, "1 for the current state of the model."},
		{"model_degraded", Gauge, nil, "1 while the model runs on another provider than the first configured."},
		{"prompts_shadow", Gauge, []string{"camera", "prompt_set"}, "1 while the set is in shadow."},
		{"prompts_refused", Gauge, camera, "1 while the last edit of a prompt set is not in effect because of its mistakes."},
		{"references", Gauge, camera, "Reference pictures of good parts in use."},

		{"results_waiting", Gauge, camera, "Results that wait for the disk."},
		{"results_unsent_total", Counter, camera, "Results that could not be stored."},
		{"pictures_given_up_total", Counter, camera, "Pictures that were dropped because the disk was too slow, so that events could be stored."},
		{"events_sequence", Gauge, nil, "Sequence of the last event."},
		{"events_backlog", Gauge, nil, "Events that wait for the hub; 0 without a hub."},
		{"events_forwarded_total", Counter, nil, "Events of this store that the hub has acknowledged; a new store starts at 0."},
		{"events_forward_seconds", Histogram, nil, "Time from storing an event to the hub's acknowledgement; hours after an outage."},
		{"events_unstored_total", Counter, class, "Events that could not be stored and are lost."},
		{"events_shed_total", Counter, class, "Events that were removed for lack of space before the hub had them."},
		{"events_hub_refused_total", Counter, class, "Events that were skipped because the hub can never accept them."},
		{"evidence_shed_total", Counter, class, "Pictures of events that were removed for lack of space, or that the hub does not accept."},
		{"events_hub_takes", Gauge, nil, "1 while the hub accepts events."},
		{"hub_problem", Gauge, []string{"code"}, "1 while the hub accepts no events; the code is the cause."},
		{"store_restarts_total", Counter, nil, "Restarts of the embedded event server after failed writes."},
		{"events_bytes", Gauge, nil, "Approximate size of the events in the store."},
		{"evidence_bytes", Gauge, nil, "Approximate size of the pictures in the store."},
		{"disk_free_bytes", Gauge, nil, "Free space of the disk with the events."},
		{"disk_reserve_bytes", Gauge, nil, "Free space below which events are removed, then refused."},
		{"history_forgotten_total", Counter, nil, "Results that could not be stored in the history."},
		{"trace_spans_total", Counter, []string{"outcome"}, "Trace spans that were recorded, exported to the collector, or failed; the rest are waiting or were dropped. 0 if tracing is off."},
		{"requests_total", Counter, nil, "Requests over NATS."},
		{"requests_refused_total", Counter, nil, "Requests over NATS that were refused."},
	}
}

// Bounds of label values.
const (
	other    = "other" // in place of a value that is none of a fixed set
	maxRunes = 64      // of a label value
)

// Descriptions returns the description of every metric but the histograms, by
// its name without the prefix.
func Descriptions() map[string]*prometheus.Desc {
	all := map[string]*prometheus.Desc{}
	for _, m := range List() {
		if m.Type != Histogram {
			all[m.Name] = prometheus.NewDesc(m.FullName(), m.Help, m.Labels, nil)
		}
	}
	return all
}

// FullName returns the name with the prefix.
func (m *Metric) FullName() string { return prefix + m.Name }
