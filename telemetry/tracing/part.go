package tracing

import (
	"context"
	"encoding/base64"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	api "go.opentelemetry.io/otel/trace"
)

// maxFrames of a trace have spans.
const maxFrames = 64

// Camera makes the traces of one station.
type Camera struct {
	tracer *Tracer
	name   string

	mu      sync.Mutex
	current *part
}

// part is the trace under way.
type part struct {
	id     string
	trace  *Trace // nil where the part is not traced
	last   time.Time
	frames int
}

// Frame is one frame that was examined. A time is zero where the frame did not come
// that far, or where the source does not know it.
type Frame struct {
	Part                string // "" where the source knows no parts: each frame has a trace
	Sequence            uint64
	Triggered           time.Time // when its part was asked for
	Captured, Delivered time.Time
	Taken               time.Time
	Checked             time.Time
	Preprocess          time.Duration // from Checked on
	Encoded, Scored     time.Time
	Run                 uint64 // of the model; frames of one run are linked
	Reason              string // why it was not scored
}

// Camera returns the traces of a camera.
func (t *Tracer) Camera(name string) *Camera {
	if t == nil {
		return nil
	}
	return &Camera{tracer: t, name: name}
}

// Frame adds a frame to the trace of its part, and begins it with the first.
func (c *Camera) Frame(f *Frame) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.current
	if p == nil || p.id != f.Part || f.Part == "" {
		c.abandon()
		p = c.begin(f)
		c.current = p
	}
	p.last = f.end()
	if p.frames++; p.trace != nil && p.frames <= maxFrames {
		c.tracer.frame(p.trace, f)
	}
}

// begin starts a trace, where the part is one of the sampled ones.
func (c *Camera) begin(f *Frame) *part {
	p := &part{id: f.Part}
	start := f.Triggered
	if start.IsZero() {
		start = f.start()
	}
	ctx, span := c.tracer.tracer.Start(context.Background(), "inspect", api.WithTimestamp(start),
		api.WithAttributes(attribute.String("pristine.camera", c.name), attribute.String("pristine.part", f.Part)))
	if !span.IsRecording() {
		return p
	}
	p.trace = &Trace{c.tracer, ctx}
	if !f.Triggered.IsZero() {
		p.trace.Stage("trigger", f.Triggered, f.start())
	}
	return p
}

// abandon ends a trace whose part has no verdict of its own, such as one of many
// frames alike.
func (c *Camera) abandon() {
	if p := c.current; p != nil && p.trace != nil {
		p.trace.span().End(api.WithTimestamp(p.last))
	}
	c.current = nil
}

// Verdict returns the trace of a part that has its verdict; nil where it is not
// traced. Its root span ends with Answered.
func (c *Camera) Verdict(id, verdict, reason string, defect float64) *Trace {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.current
	if p == nil || p.id != id {
		return nil
	}
	c.current = nil
	if p.trace == nil {
		return nil
	}
	p.trace.span().SetAttributes(attribute.String("pristine.verdict", verdict), attribute.String("pristine.reason", reason),
		attribute.Float64("pristine.defect", defect), attribute.Int("pristine.frames", p.frames))
	return p.trace
}

func (f *Frame) start() time.Time {
	if f.Captured.IsZero() {
		return f.Taken
	}
	return f.Captured
}

// end is when the last stage ended.
func (f *Frame) end() time.Time {
	last := f.Taken
	for _, at := range []time.Time{f.Checked, f.Encoded, f.Scored} {
		if !at.IsZero() {
			last = at
		}
	}
	return last
}

// frame writes the spans of a frame.
func (t *Tracer) frame(parent *Trace, f *Frame) {
	ctx, span := t.tracer.Start(parent.ctx, "frame", api.WithTimestamp(f.start()),
		api.WithAttributes(attribute.Int64("pristine.sequence", int64(f.Sequence)), attribute.String("pristine.reason", f.Reason)))
	defer span.End(api.WithTimestamp(f.end()))
	of := &Trace{t, ctx}
	if !f.Delivered.IsZero() && !f.Captured.IsZero() {
		of.Stage("capture", f.Captured, f.Delivered)
		of.Stage("wait", f.Delivered, f.Taken)
	}
	if !f.Checked.IsZero() {
		of.Stage("health", f.Taken, f.Checked)
	}
	if !f.Encoded.IsZero() {
		prepared := f.Checked.Add(f.Preprocess)
		if f.Preprocess > 0 { // 0 of frames that were encoded ahead
			of.Stage("preprocess", f.Checked, prepared)
		}
		_, encode := t.tracer.Start(ctx, "encode", api.WithTimestamp(prepared), api.WithAttributes(attribute.Int64("pristine.run", int64(f.Run))))
		for _, other := range t.join(f.Run, encode.SpanContext()) {
			encode.AddLink(api.Link{SpanContext: other})
		}
		encode.End(api.WithTimestamp(f.Encoded))
	}
	if !f.Scored.IsZero() {
		of.Stage("score", f.Encoded, f.Scored)
	}
}

// runsKept is how many runs of the model are remembered for links.
const runsKept = 64

// run is one run of the model.
type run struct {
	id    uint64
	spans []api.SpanContext // encode spans of its frames so far
}

// join adds a span to a run and returns the spans that were there before.
func (t *Tracer) join(id uint64, span api.SpanContext) []api.SpanContext {
	if id == 0 {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.runs {
		if r := &t.runs[i]; r.id == id {
			before := r.spans[:len(r.spans):len(r.spans)]
			r.spans = append(before, span)
			return before
		}
	}
	t.runs[t.next] = run{id, []api.SpanContext{span}}
	t.next = (t.next + 1) % runsKept
	return nil
}

// Trace is a span that others are added below.
type Trace struct {
	tracer *Tracer
	ctx    context.Context
}

func (t *Trace) span() api.Span { return api.SpanFromContext(t.ctx) }

// Stage adds a span of one stage. Attributes are pairs of key and value.
func (t *Trace) Stage(name string, start, end time.Time, attributes ...string) {
	if t == nil {
		return
	}
	_, span := t.tracer.tracer.Start(t.ctx, name, api.WithTimestamp(start))
	for i := 0; i+1 < len(attributes); i += 2 {
		span.SetAttributes(attribute.String(attributes[i], attributes[i+1]))
	}
	span.End(api.WithTimestamp(end))
}

// Answered adds the span of answering and ends the root span.
func (t *Trace) Answered(start, end time.Time) {
	if t == nil {
		return
	}
	t.Stage("sink", start, end)
	t.span().End(api.WithTimestamp(end))
}

// Traceparent returns the root span as W3C Trace Context has it; "" without one.
func (t *Trace) Traceparent() string {
	if t == nil {
		return ""
	}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(t.ctx, carrier)
	return carrier["traceparent"]
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}
