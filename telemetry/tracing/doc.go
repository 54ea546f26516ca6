// Package tracing follows parts through an agent, and sends what it sees to a
// collector of OpenTelemetry (OTLP over HTTP).
//
//	t, err := tracing.Open(ctx, tracing.Options{URL: *collector, Sample: 0.1, Station: "plant/line-1/s1"})
//	belt := t.Camera("belt")
//	belt.Frame(&tracing.Frame{Part: "lid-7", Captured: grabbed, Taken: now, …})
//	trace := belt.Verdict("lid-7", "FAIL", "", 0.93)
//	trace.Answered(start, end)
//	trace.Stage("append", start, end)
//	t.Forwarded(trace.Traceparent(), stored, time.Now())
//
// A part has one trace. Its root span, inspect, reaches from the trigger, or the grab
// of the first frame, to the answer. Below it are trigger, one frame a frame with its
// stages, and what becomes of the result: sink, queue, evidence, append and, once the
// hub has acknowledged the event, forward. The encode spans of frames that the model
// encoded in one run are linked.
//
// Promises: nothing waits for the collector. Spans wait in a queue of fixed size; what
// does not fit or cannot be sent is dropped and counted. A nil *Tracer, *Camera
// or *Trace does nothing and allocates nothing: that is how tracing is off.
//
// Non-promises: spans may be lost; events are not. A part whose frames are more than
// 64 has spans of the first 64.
//
// All methods are safe for concurrent use.
package tracing
