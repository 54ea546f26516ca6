package agent

import (
	"time"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/events"
	"pristine/events/outbox"
	"pristine/inspect"
	"pristine/telemetry/metrics"
	"pristine/telemetry/profiles"
	"pristine/web"
)

// examined records the durations of the stages of a frame. It is called once per frame
// and allocates nothing.
func (k *camera) examined(e *inspect.Examined) {
	m := k.metrics
	k.labels.Enter(profiles.Health)                                      // of the next frame
	if !e.Delivered.IsZero() && k.config.Source.Kind != address.Replay { // a replay's frames were captured long ago
		m.Observe(metrics.Capture, e.Delivered.Sub(e.Captured))
		m.Observe(metrics.Wait, e.Taken.Sub(e.Delivered))
	}
	if !e.Checked.IsZero() {
		m.Observe(metrics.Health, e.Checked.Sub(e.Taken))
	}
	if !e.Encoded.IsZero() {
		if k.encoder != nil {
			t := k.encoder.Timing()
			m.Observe(metrics.Preprocess, t.Preprocess)
			m.Observe(metrics.Encode, t.Session)
		} else { // the frame was encoded in advance: this is the wait for it
			m.Observe(metrics.Encode, e.Encoded.Sub(e.Checked))
		}
	}
	if !e.Scored.IsZero() {
		m.Observe(metrics.Score, e.Scored.Sub(e.Encoded))
	}
	if k.traces != nil {
		k.trace(e)
	}
}

// forwarded records that the hub acknowledged an event.
func (a *Agent) forwarded(f *outbox.Forwarded) {
	now := time.Now()
	a.metrics.Forwarded(now.Sub(f.Stored))
	a.traces.Load().Forwarded(f.Event.Traceparent, f.Stored, now)
}

// knownLabels returns the allowed values of metric labels.
func knownLabels() web.Known {
	var known web.Known
	for _, c := range capture.Causes() {
		known.Causes = append(known.Causes, c.Code)
	}
	for c := range capture.DropCauses {
		known.Drops = append(known.Drops, c.String())
	}
	for _, c := range outbox.Classes() {
		known.Classes = append(known.Classes, string(c))
	}
	for _, c := range events.HubCodes() {
		known.HubCodes = append(known.HubCodes, string(c))
	}
	return known
}

// eventsStatus returns the status of store and hub, by the last measurement.
func (a *Agent) eventsStatus(e *web.Events, disk diskFacts, store *outbox.Status) {
	e.URL, e.Sequence = a.store.URL(), a.store.Sequence()
	e.HubCode, e.Forwarded = string(store.Hub.Code), store.Forwarded
	if a.config.Events.Hub.URL.On() {
		e.Backlog = store.Backlog()
	}
	e.Forgotten, e.Requests, e.RequestsRefused = a.forgotten(), a.requests.Requests.Load(), a.requests.Refused.Load()
	e.Spans = web.Spans(a.traces.Load().Counts())
	e.Store = web.Store{
		Bytes: store.Bytes, EvidenceBytes: store.Pictures, DiskFree: disk.free, DiskReserve: disk.reserve, Restarts: store.Restarts,
		Unstored: byName(store.Unstored), Shed: byName(store.Shed), EvidenceShed: byName(store.EvidenceShed), HubRefused: byName(store.HubRefused),
	}
}

func byName(counts map[outbox.Class]uint64) map[string]uint64 {
	all := make(map[string]uint64, len(counts))
	for class, n := range counts {
		all[string(class)] = n
	}
	return all
}
