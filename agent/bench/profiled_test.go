package bench

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/grafana/pyroscope-go"

	"pristine/infer"
	"pristine/internal/config"
	"pristine/internal/meter"
	"pristine/observe"
	"pristine/telemetry/profiles"
)

// BenchmarkProfiling measures what profiling costs: the CPU time of a frame with the
// profiler, its labels and its upload to a local server, over that without. Others
// may load the machine: the two are run in turn, many times, in one process, and the
// median of the pairs counts.
//
//	go test ./agent/bench -run '^$' -bench Profiling -benchtime 24x
func BenchmarkProfiling(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer server.Close()
	e, err := observe.Open("../../models/pocket", infer.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	made, err := New(b.Context(), e, Options{Source: belt(b), Prompts: "../../configs/prompts/part.yaml", Detail: 1, Learn: 4, Frames: 1000, Cameras: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer made.Close()
	var c config.Camera
	c.SetDefaults()
	frames := &repeated{samples: made.samples}
	labels := profiles.New("belt")
	station := made.newStation(&c, frames, e.NewEncoder(observe.View{}), &agingSink{ages: make([]time.Duration, 0, 1<<20)})
	const n = 100
	run := func() error {
		frames.left = n
		return station.Run(b.Context())
	}
	if err := run(); err != nil { // makes the buffers
		b.Fatal(err)
	}
	var ratios []float64
	for b.Loop() {
		off, err := meter.Once(n, run)
		if err != nil {
			b.Fatal(err)
		}
		on, err := meter.Once(n, func() error {
			profiler, err := pyroscope.Start(pyroscope.Config{ApplicationName: "pristine.edge", ServerAddress: server.URL})
			if err != nil {
				return err
			}
			for range n { // as often as a station enters stages
				for _, s := range []profiles.Stage{profiles.Encode, profiles.Score, profiles.Sink, profiles.Health} {
					labels.Set("part")
					labels.Enter(s)
				}
			}
			if err := run(); err != nil {
				return err
			}
			return profiler.Stop()
		})
		if err != nil {
			b.Fatal(err)
		}
		ratios = append(ratios, float64(on.CPU)/float64(off.CPU))
	}
	slices.Sort(ratios)
	quantile := func(q float64) float64 { return ratios[int(q*float64(len(ratios)-1)+0.5)] }
	b.ReportMetric(quantile(0.5), "on/off")
	b.ReportMetric(quantile(0.25), "p25")
	b.ReportMetric(quantile(0.75), "p75")
	b.Logf("%d pairs of %d frames: %.3f", len(ratios), n, ratios)
}
