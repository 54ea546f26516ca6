package metrics_test

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pristine/telemetry/metrics"
)

func ExampleMetrics() {
	m := metrics.New()
	belt := m.Camera("belt")
	belt.Observe(metrics.Encode, 12*time.Millisecond)

	registry := prometheus.NewRegistry()
	registry.MustRegister(m)
	families, err := registry.Gather()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range families {
		for _, metric := range f.GetMetric() {
			if n := metric.GetHistogram().GetSampleCount(); n > 0 {
				fmt.Println(f.GetName(), metric.GetLabel()[1].GetValue(), n)
			}
		}
	}
	// Output: pristine_stage_duration_seconds encode 1
}
