package proving

import (
	"context"
	"slices"
	"time"

	"pristine/infer"
)

// Speed is how fast pictures of the model's size are encoded, from pixels to unit
// embeddings, by one caller. Milliseconds are those of a run.
type Speed struct {
	Batch     int     `json:"batch"`
	Runs      int     `json:"runs"`
	PerSecond float64 `json:"pictures_per_second"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	Session50 float64 `json:"session_p50_ms"` // of ONNX Runtime alone
}

// leastRuns is how many runs there are, however long they take.
const leastRuns = 5

func measureSpeed(ctx context.Context, images *infer.ImageEncoder, size, batch int, each time.Duration) (Speed, error) {
	pictures, outs := drawn(size, batch), make([]infer.Output, batch)
	for range 2 { // the first runs of a shape choose kernels and allocate
		if _, err := images.Encode(ctx, pictures, outs); err != nil {
			return Speed{}, err
		}
	}
	var whole, session []time.Duration
	start := time.Now()
	for len(whole) < leastRuns || time.Since(start) < each {
		before := time.Now()
		timing, err := images.Encode(ctx, pictures, outs)
		if err != nil {
			return Speed{}, err
		}
		whole, session = append(whole, time.Since(before)), append(session, timing.Session)
	}
	elapsed := time.Since(start)
	slices.Sort(whole)
	slices.Sort(session)
	return Speed{
		Batch: batch, Runs: len(whole), PerSecond: float64(batch*len(whole)) / elapsed.Seconds(),
		P50: quantile(whole, 50), P99: quantile(whole, 99), Session50: quantile(session, 50),
	}, nil
}

// quantile returns a percentile of sorted durations, in milliseconds.
func quantile(sorted []time.Duration, percent int) float64 {
	return float64(sorted[min(len(sorted)-1, len(sorted)*percent/100)]) / float64(time.Millisecond)
}
