// Package tracing traces parts through an agent, and sends the spans to an
// OpenTelemetry collector (OTLP over HTTP).
//
//	t, err := tracing.Open(ctx, tracing.Options{URL: *collector, Sample: 0.1, Station: "plant/line-1/s1"})
//	belt := t.Camera("belt")
//	belt.Frame(&tracing.Frame{Part: "lid-7", Captured: grabbed, Taken: now, …})
//	trace := belt.Verdict("lid-7", "FAIL", "", 0.93)
//	trace.Answered(start, end)
//	trace.Stage("append", start, end)
//	t.Forwarded(trace.Traceparent(), stored, time.Now())
//
// A part has one trace. Its root span inspect lasts from the trigger, or the capture of
// the first frame, to the answer. Its children are trigger, one frame span per frame
// with its stages, and the stages of the result: sink, queue, evidence, append and,
// once the hub has acknowledged the event, forward. The encode spans of one batch are
// linked.
//
// Promises: nothing waits for the collector. Spans wait in a queue of fixed size; those
// that do not fit or cannot be sent are dropped and counted. A nil *Tracer, *Camera
// or *Trace does nothing and allocates nothing, so tracing is off.
//
// Non-promises: spans may be lost, unlike events. A part has spans for its first 64
// frames only.
//
// All methods are safe for concurrent use.
package tracing
