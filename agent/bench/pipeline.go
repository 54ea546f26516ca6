package bench

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"pristine/agent"
	"pristine/capture"
	"pristine/inspect"
	"pristine/internal/config"
	"pristine/internal/meter"
	"pristine/observe"
)

// pipeline measures everything at once: source, slot, station and results of
// each camera, as a run has them. Results that still wait for their event at the
// end are part of it.
func (b *Bench) pipeline(ctx context.Context, r *Report) error {
	// What opens with the first frames that queue is no cost of those that follow.
	warm := *b
	warm.Frames = min(b.Frames, warmFrames)
	if err := warm.measurePipeline(ctx, new(Report)); err != nil {
		return err
	}
	return b.measurePipeline(ctx, r)
}

// warmFrames is how many frames of each camera pass before the pipeline is measured.
const warmFrames = 40

func (b *Bench) measurePipeline(ctx context.Context, r *Report) error {
	rates, sinks, errs := make([]float64, b.Cameras), make([]*agingSink, b.Cameras), make([]error, b.Cameras)
	var cost meter.Cost
	err := b.withResults(ctx, func(results *agent.Results) (err error) {
		parts := newTaximeter(b.Frames * b.Cameras)
		cost, err = meter.Once(b.Frames*b.Cameras, func() error {
			parts.begin()
			var running sync.WaitGroup
			for i := range b.Cameras {
				sinks[i] = &agingSink{next: results.Sink(i), fail: b.Fail, parts: parts}
				running.Go(func() { rates[i], errs[i] = b.camera(ctx, sinks[i]) })
			}
			running.Wait()
			return errors.Join(append(errs, results.Drain(ctx))...)
		})
		if err != nil {
			return err
		}
		_, r.PicturesGivenUp = results.Lost()
		return complete(results)
	})
	if err != nil {
		return err
	}
	r.Runs = b.model.Images.Status().Runs
	r.CameraFPS, r.PipelineFPS, r.PipelineCoreMS = rates, 1/cost.Wall.Seconds(), meter.Milliseconds(cost.CPU)
	var all []time.Duration
	for _, sink := range sinks {
		all = append(all, sink.ages...)
		r.PipelineSamples = append(r.PipelineSamples, sink.samples...)
	}
	slices.Sort(all)
	if len(all) > 0 {
		r.AgeMilliseconds = Ages{meter.Milliseconds(all[len(all)/2]), meter.Milliseconds(all[len(all)*99/100])}
	}
	return nil
}

func (b *Bench) camera(ctx context.Context, sink inspect.Sink) (fps float64, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	own := &Bench{Options: Options{Source: b.Source}}
	if own.stream, err = own.open(ctx); err != nil {
		return 0, err
	}
	slot := capture.NewLatest(capture.Every)
	var supervising sync.WaitGroup
	supervising.Go(func() {
		_ = capture.Supervise(ctx, capture.Options{Name: "bench", Open: func(context.Context) (capture.Source, error) { return &looped{bench: own, left: b.Frames}, nil }}, slot)
	})
	var c config.Camera
	c.SetDefaults()
	start := time.Now()
	ahead := agent.Ahead(b.model, observe.View{}, slot, func(e inspect.Encoder) inspect.Encoder { return e })
	err = b.newStation(&c, ahead, ahead, sink).Run(ctx)
	elapsed := time.Since(start)
	stop()
	supervising.Wait()
	return float64(b.Frames) / elapsed.Seconds(), err
}

func (b *Bench) newStation(c *config.Camera, frames inspect.Frames, encoder inspect.Encoder, sink inspect.Sink) *inspect.Station {
	health := agent.HealthLimits(&c.Health)
	health.MaxAge, health.FrozenFrames = 0, b.Frames // its sum is taken, but samples may repeat
	return inspect.New(inspect.Options{
		Camera: "bench", Health: health, Limits: inspect.Limits{N: c.FailFrames, M: c.OfFrames},
	}, frames, encoder, func() inspect.Scorer { return b.bank }, sink)
}

// repeated delivers the kept frames in a loop.
type repeated struct {
	samples []capture.Frame
	left    int
}

// Take implements inspect.Frames.
func (t *repeated) Take(_ context.Context, f *capture.Frame) error {
	if t.left == 0 {
		return io.EOF
	}
	t.left--
	sample := &t.samples[t.left%len(t.samples)]
	pix := f.Pix
	*f = *sample
	f.Pix = append(pix[:0], sample.Pix...)
	f.Part, f.PartEnd, f.Captured = "", false, time.Now()
	return nil
}

// looped is a source that ends after a number of frames, however short its file
// is.
type looped struct {
	bench *Bench
	left  int
}

// Read implements capture.Source.
func (l *looped) Read(ctx context.Context, f *capture.Frame) error {
	if l.left == 0 {
		return io.EOF
	}
	l.left--
	err := l.bench.read(ctx, f)
	f.Part, f.PartEnd = "", false
	return err
}

// Close implements capture.Source.
func (l *looped) Close() error { l.bench.Close(); return nil }
