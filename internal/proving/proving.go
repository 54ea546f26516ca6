package proving

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/internal/meter"
)

// Options say what is measured.
type Options struct {
	Library   string // ONNX Runtime; empty: as infer.Load finds it
	Bundle    string
	Reference string // the bundle whose outputs on the CPU are right, such as one in fp32; empty: Bundle
	Provider  string
	Precision string // fp32 or fp16, of engines
	CacheDir  string // of engines; empty: none
	Threads   int    // of the CPU; 0: one a core
	Batches   []int  // pictures a run
	Each      time.Duration
	HandOver  bool          // also let the CPU serve while the engine is built
	Progress  func(*Report) // sees the report after each of its parts; nil: nobody does
}

// Report is what was measured.
type Report struct {
	Library   string         `json:"onnxruntime"`
	Provider  string         `json:"provider"`
	Bundle    string         `json:"bundle"`
	Hash      string         `json:"bundle_hash"`
	Placement map[string]int `json:"placement,omitempty"` // runs of nodes, by the provider that ONNX Runtime's profile names
	Parity    []Parity       `json:"parity"`
	Failed    string         `json:"failed,omitempty"` // why the provider must not serve
	Start     []Start        `json:"start"`
	Speed     []Speed        `json:"speed"`
	HandOver  *HandOver      `json:"hand_over,omitempty"`
	PeakBytes int64          `json:"peak_resident_bytes,omitempty"`
}

// Start is how long opening the session took, with the parity gate.
type Start struct {
	Cached  bool    `json:"cached"` // an engine was in the cache
	Seconds float64 `json:"seconds"`
}

// ErrParity is returned within an error where outputs differ from the reference's.
var ErrParity = errors.New("the outputs differ from the CPU's")

// Measure measures a bundle on a provider. Where the report is not nil it holds what
// was measured before the error.
func Measure(ctx context.Context, o Options) (*Report, error) {
	library, err := infer.Load(o.Library)
	if err != nil {
		return nil, err
	}
	b, err := bundle.Open(o.Bundle)
	if err != nil {
		return nil, err
	}
	report := &Report{Library: library.Version, Provider: o.Provider, Bundle: o.Bundle, Hash: b.Hash}
	err = o.measure(ctx, library, b, report)
	if err != nil {
		report.Failed = err.Error()
	}
	report.PeakBytes, _ = meter.PeakMemory() // absent where the kernel does not say
	return report, err
}

func (o *Options) measure(ctx context.Context, library *infer.Library, b *bundle.Bundle, report *Report) error {
	largest := 1
	for _, n := range o.Batches {
		largest = max(largest, n)
	}
	options := infer.Options{Providers: []string{o.Provider}, Policy: "require", Precision: o.Precision, CacheDir: o.CacheDir, MaxBatch: largest, Threads: o.Threads}
	images, err := report.open(library, b, options, false)
	if err != nil {
		return err
	}
	defer images.Close()
	progress := func() {
		if o.Progress != nil {
			o.Progress(report)
		}
	}
	report.Placement = images.Status().Placement
	progress()
	if report.Parity, err = o.parity(ctx, library, b, images, largest); err != nil {
		return err
	}
	progress()
	for _, n := range o.Batches {
		speed, err := measureSpeed(ctx, images, b.Manifest.Image.Size, n, o.Each)
		if err != nil {
			return fmt.Errorf("measure batches of %d: %w", n, err)
		}
		report.Speed = append(report.Speed, speed)
		progress()
	}
	if o.CacheDir != "" {
		again, err := report.open(library, b, options, true)
		if err != nil {
			return fmt.Errorf("open the engine again: %w", err)
		}
		again.Close()
		progress()
	}
	if o.HandOver && o.Provider != "cpu" {
		options.Providers, options.Policy = []string{o.Provider, "cpu"}, "fallback"
		if report.HandOver, err = measureHandOver(ctx, library, b, options); err != nil {
			return fmt.Errorf("hand over: %w", err)
		}
	}
	return nil
}

// open opens the encoder and notes how long that took.
func (r *Report) open(library *infer.Library, b *bundle.Bundle, o infer.Options, cached bool) (*infer.ImageEncoder, error) {
	start := time.Now()
	images, err := infer.NewImageEncoder(library, b, o)
	r.Start = append(r.Start, Start{Cached: cached, Seconds: time.Since(start).Seconds()})
	return images, err
}
