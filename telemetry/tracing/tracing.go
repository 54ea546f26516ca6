package tracing

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"
)

// Options of a Tracer.
type Options struct {
	URL            url.URL // of the collector; the default path is /v1/traces
	User, Password string  // "" for none
	Sample         float64 // share of the parts that are traced, in [0, 1]
	Station        string  // site/line/name
	Version        string
	OnError        func(error) // called when sending begins to fail; may be nil

	batchTimeout, sendTimeout time.Duration // of tests; 0: the usual ones
}

// Limits of what waits for the collector.
const (
	queueSpans   = 4096
	batchTimeout = time.Second
	sendTimeout  = 5 * time.Second
	closeLimit   = 3 * time.Second
)

// Tracer makes the traces of an agent.
type Tracer struct {
	provider *trace.TracerProvider
	tracer   api.Tracer
	exporter *counting
	ended    atomic.Uint64

	mu   sync.Mutex
	runs [runsKept]run // the last runs of the model, in a ring
	next int
}

// Counts of spans since Open. Those that are neither exported nor failed wait, at
// most as many as the queue holds; the rest of them was dropped.
type Counts struct{ Recorded, Exported, Failed uint64 }

// Open starts to send spans. It does not ask whether anybody receives them.
func Open(ctx context.Context, o Options) (*Tracer, error) {
	o.batchTimeout, o.sendTimeout = cmp.Or(o.batchTimeout, batchTimeout), cmp.Or(o.sendTimeout, sendTimeout)
	address := o.URL
	if address.Path == "" || address.Path == "/" {
		address.Path = "/v1/traces"
	}
	settings := []otlptracehttp.Option{
		otlptracehttp.WithEndpointURL(address.String()), otlptracehttp.WithCompression(otlptracehttp.GzipCompression), otlptracehttp.WithTimeout(o.sendTimeout),
		otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}), // what fails is counted; later spans matter more
	}
	if o.User != "" {
		settings = append(settings, otlptracehttp.WithHeaders(map[string]string{"Authorization": basic(o.User, o.Password)}))
	}
	exporter, err := otlptracehttp.New(ctx, settings...)
	if err != nil {
		return nil, fmt.Errorf("start tracing: %w", err)
	}
	t := &Tracer{exporter: &counting{SpanExporter: exporter, onError: o.OnError}}
	t.provider = trace.NewTracerProvider(
		trace.WithSampler(trace.ParentBased(trace.TraceIDRatioBased(o.Sample))),
		trace.WithSpanProcessor(&counter{&t.ended}),
		trace.WithBatcher(t.exporter, trace.WithMaxQueueSize(queueSpans), trace.WithExportTimeout(o.sendTimeout), trace.WithBatchTimeout(o.batchTimeout)),
		trace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "pristine.edge"), attribute.String("service.instance.id", o.Station), attribute.String("service.version", o.Version))),
	)
	t.tracer = t.provider.Tracer("pristine")
	return t, nil
}

// Counts returns how many spans there were.
func (t *Tracer) Counts() Counts {
	if t == nil {
		return Counts{}
	}
	return Counts{t.ended.Load(), t.exporter.sent.Load(), t.exporter.failed.Load()}
}

// Close sends what waits, for some seconds at most.
func (t *Tracer) Close() error {
	if t == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	_ = t.provider.Shutdown(ctx) // spans that cannot be sent are counted, and no reason for an agent to fail
	return nil
}

// Forwarded records that the hub acknowledged the event of a trace, which the store
// had from stored on.
func (t *Tracer) Forwarded(traceparent string, stored, acknowledged time.Time) {
	if t == nil || traceparent == "" {
		return
	}
	ctx := propagation.TraceContext{}.Extract(context.Background(), propagation.MapCarrier{"traceparent": traceparent})
	if !api.SpanContextFromContext(ctx).IsValid() {
		return
	}
	(&Trace{t, ctx}).Stage("forward", stored, acknowledged)
}

// counting is an exporter that counts and never complains to the SDK, which would
// write to standard error.
type counting struct {
	trace.SpanExporter
	sent, failed atomic.Uint64
	failing      atomic.Bool
	onError      func(error)
}

// ExportSpans implements trace.SpanExporter.
func (c *counting) ExportSpans(ctx context.Context, spans []trace.ReadOnlySpan) error {
	err := c.SpanExporter.ExportSpans(ctx, spans)
	if err == nil {
		c.sent.Add(uint64(len(spans)))
		c.failing.Store(false)
		return nil
	}
	c.failed.Add(uint64(len(spans)))
	if !c.failing.Swap(true) && c.onError != nil {
		c.onError(err)
	}
	return nil
}

// counter counts the spans that ended and are to be sent.
type counter struct{ ended *atomic.Uint64 }

// OnStart implements trace.SpanProcessor.
func (*counter) OnStart(context.Context, trace.ReadWriteSpan) {}

// OnEnd implements trace.SpanProcessor.
func (c *counter) OnEnd(s trace.ReadOnlySpan) {
	if s.SpanContext().IsSampled() {
		c.ended.Add(1)
	}
}

// Shutdown implements trace.SpanProcessor.
func (*counter) Shutdown(context.Context) error { return nil }

// ForceFlush implements trace.SpanProcessor.
func (*counter) ForceFlush(context.Context) error { return nil }
