package tracing

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pristine/internal/otlp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func parse(t *testing.T, text string) url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatalf("parse %q: %v", text, err)
	}
	return *u
}

func open(t *testing.T, o Options) *Tracer {
	t.Helper()
	tracer, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return tracer
}

// frameAt is a frame whose stages take a millisecond each.
func frameAt(part string, at time.Time, run uint64) *Frame {
	after := func(n int) time.Time { return at.Add(time.Duration(n) * time.Millisecond) }
	return &Frame{Part: part, Sequence: 1, Captured: at, Delivered: after(1), Taken: after(2), Checked: after(3), Preprocess: time.Millisecond, Encoded: after(5), Scored: after(6), Run: run}
}

func named(spans []otlp.Span, name string) (all []otlp.Span) {
	for _, s := range spans {
		if s.Name == name {
			all = append(all, s)
		}
	}
	return all
}

// A part has one trace, from its trigger to the hub, and each span lies below the
// right one.
func TestTracer_FollowsAPart(t *testing.T) {
	collector := otlp.Listen(t)
	tracer := open(t, Options{URL: parse(t, collector.URL), User: "me", Password: "hidden", Sample: 1, Station: "plant/line/s1", Version: "v1"})
	at := time.Unix(1000, 0)
	c := tracer.Camera("belt")
	first := frameAt("lid-7", at.Add(time.Millisecond), 0)
	first.Triggered = at
	c.Frame(first)
	c.Frame(frameAt("lid-7", at.Add(10*time.Millisecond), 0))
	trace := c.Verdict("lid-7", "FAIL", "", 0.93)
	trace.Answered(at.Add(16*time.Millisecond), at.Add(17*time.Millisecond))
	trace.Stage("append", at.Add(17*time.Millisecond), at.Add(18*time.Millisecond), "pristine.event", "i-1")
	parent := trace.Traceparent()
	tracer.Forwarded(parent, at.Add(18*time.Millisecond), at.Add(30*time.Millisecond))
	tracer.Forwarded("", at, at)
	tracer.Forwarded("garbage", at, at)
	if err := tracer.Close(); err != nil {
		t.Fatal(err)
	}
	spans := collector.Spans()
	root := named(spans, "inspect")
	if len(root) != 1 || root[0].Parent != "" || root[0].Start != uint64(at.UnixNano()) || root[0].End != uint64(at.Add(17*time.Millisecond).UnixNano()) {
		t.Fatalf(`%+v; want len(root) == 1, root[0].Parent == "", root[0].Start == uint64(at.UnixNano()), root[0].End == uint64(at.Add(17*time.Millisecond).UnixNano())`, root)
	}
	if want := fmt.Sprintf("00-%s-%s-01", root[0].Trace, root[0].ID); parent != want {
		t.Errorf("traceparent %s, want %s", parent, want)
	}
	if a := root[0].Attributes; a["pristine.part"] != "lid-7" || a["pristine.verdict"] != "FAIL" || a["pristine.camera"] != "belt" || root[0].Resource["service.instance.id"] != "plant/line/s1" {
		t.Errorf(`%v of %v; want a["pristine.part"] == "lid-7", a["pristine.verdict"] == "FAIL", a["pristine.camera"] == "belt", root[0].Resource["service.instance.id"] == "plant/line/s1"`, a, root[0].Resource)
	}
	frames := named(spans, "frame")
	if len(frames) != 2 {
		t.Fatalf("%d frames", len(frames))
	}
	for name, n := range map[string]int{"trigger": 1, "sink": 1, "append": 1, "forward": 1, "frame": 2} {
		for _, s := range named(spans, name) {
			if s.Parent != root[0].ID || s.Trace != root[0].Trace {
				t.Errorf("%s is not below the root: %+v", name, s)
			}
			n--
		}
		if n != 0 {
			t.Errorf("%d spans of %s are missing", n, name)
		}
	}
	for _, name := range []string{"capture", "wait", "health", "preprocess", "encode", "score"} {
		all := named(spans, name)
		if len(all) != 2 {
			t.Errorf("%d spans of %s", len(all), name)
		}
		for _, s := range all {
			if s.Parent != frames[0].ID && s.Parent != frames[1].ID || s.End-s.Start != uint64(time.Millisecond) {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
	if !collector.Login("me", "hidden") {
		t.Error("the collector was not given the user")
	}
	if n := tracer.Counts(); n.Recorded != uint64(len(spans)) || n.Exported != n.Recorded || n.Failed != 0 {
		t.Errorf("%+v of %d spans; want n.Recorded == uint64(len(spans)), n.Exported == n.Recorded, n.Failed == 0", n, len(spans))
	}
}

// Frames that the model encoded in one run are linked, each pair once.
func TestTracer_LinksFramesOfOneRun(t *testing.T) {
	collector := otlp.Listen(t)
	tracer := open(t, Options{URL: parse(t, collector.URL), Sample: 1})
	for i, run := range []uint64{7, 7, 8, 7} {
		c := tracer.Camera(fmt.Sprint("c", i))
		c.Frame(frameAt("p", time.Unix(1000, 0), run))
		c.Verdict("p", "PASS", "", 0).Answered(time.Unix(1001, 0), time.Unix(1001, 0))
	}
	if err := tracer.Close(); err != nil {
		t.Fatal(err)
	}
	var links []int
	ids := map[string]bool{}
	for _, s := range named(collector.Spans(), "encode") {
		ids[s.ID] = true
		links = append(links, len(s.Links))
		for _, l := range s.Links {
			if !ids[l] {
				t.Errorf("a link leads to %s, which is no earlier encode span", l)
			}
		}
	}
	if !slices.Equal(links, []int{0, 1, 0, 2}) {
		t.Errorf("links %v", links)
	}
}

// A part that is not sampled has no trace, and a frame without a part has one of its
// own.
func TestTracer_SamplesParts(t *testing.T) {
	collector := otlp.Listen(t)
	never := open(t, Options{URL: parse(t, collector.URL), Sample: 0})
	c := never.Camera("belt")
	c.Frame(frameAt("p", time.Unix(1000, 0), 1))
	if trace := c.Verdict("p", "PASS", "", 0); trace != nil || trace.Traceparent() != "" {
		t.Error("a part that is not sampled has a trace")
	}
	always := open(t, Options{URL: parse(t, collector.URL), Sample: 1})
	c = always.Camera("belt")
	for range 3 {
		c.Frame(frameAt("", time.Unix(1000, 0), 1)) // two of them have no result of their own
	}
	if c.Verdict("other", "PASS", "", 0) != nil {
		t.Error("a result has the trace of another part")
	}
	c.Verdict("", "PASS", "", 0).Answered(time.Unix(1001, 0), time.Unix(1001, 0))
	for _, closed := range []*Tracer{never, always} {
		if err := closed.Close(); err != nil {
			t.Fatal(err)
		}
	}
	traces := map[string]bool{}
	for _, s := range named(collector.Spans(), "inspect") {
		traces[s.Trace] = true
	}
	if len(traces) != 3 {
		t.Errorf("%d traces", len(traces))
	}
}

// A collector that is not there, or does not answer, holds nothing up: what cannot
// be sent is counted, what waits is bounded, and the trouble is told once.
func TestTracer_DeadCollectorCostsNothing(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // it accepts and never answers
	if err != nil {
		t.Fatal(err)
	}
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	defer silent.Close()
	for name, address := range map[string]string{"refused": dead.Addr().String(), "silent": silent.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			told := make(chan error, 100)
			tracer := open(t, Options{URL: parse(t, "http://"+address), Sample: 1, OnError: func(err error) { told <- err }, batchTimeout: time.Millisecond, sendTimeout: 50 * time.Millisecond})
			c := tracer.Camera("belt")
			start := time.Now()
			const parts = 2000 // with more spans than the queue holds
			for i := range parts {
				part := fmt.Sprint(i)
				c.Frame(frameAt(part, time.Unix(1000, 0), 0))
				c.Verdict(part, "PASS", "", 0).Answered(start, start)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("%d parts took %v", parts, took)
			}
			if err := tracer.Close(); err != nil {
				t.Error(err)
			}
			n := tracer.Counts()
			if n.Recorded != 9*parts || n.Exported != 0 || n.Failed == 0 || n.Failed > n.Recorded {
				t.Errorf("%+v; want n.Recorded == 9*parts, n.Exported == 0, n.Failed != 0, n.Failed <= n.Recorded", n)
			}
			if len(told) != 1 {
				t.Errorf("the trouble was told %d times", len(told))
			}
		})
	}
}

func TestTracer_OffAllocatesNothing(t *testing.T) {
	var off *Tracer
	c := off.Camera("belt")
	f := frameAt("p", time.Unix(1000, 0), 1)
	if n := testing.AllocsPerRun(100, func() {
		c.Frame(f)
		trace := c.Verdict("p", "PASS", "", 0)
		trace.Answered(f.Taken, f.Scored)
		trace.Stage("append", f.Taken, f.Scored)
		off.Forwarded(trace.Traceparent(), f.Taken, f.Scored)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
	if off.Counts() != (Counts{}) || off.Close() != nil {
		t.Error("a tracer that is off counts or fails")
	}
}
