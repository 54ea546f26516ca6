package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/capture/source"
	"pristine/infer"
	"pristine/internal/config"
	"pristine/internal/meter"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
)

// Options say what is measured.
type Options struct {
	Source  address.Address // a file is read again from its start
	Prompts string          // file of the prompt set
	Learn   int             // frames that become references
	Frames  int             // of each camera
	Cameras int             // at once
	Fail    float64         // share of results that FAIL, in [0, 1]
	Threads int             // that the model was opened with, for the report
	Detail  prompts.Detail  // that frames are compared at, in the place of the set's
}

// Bench measures the stages of a frame's way on one source.
type Bench struct {
	Options
	model   *observe.Model
	bank    *prompts.Bank
	stream  capture.Source
	samples []capture.Frame // kept, so that stages run without their source
}

// New opens the source, and reads sample frames and references from it. The model
// stays the caller's.
func New(ctx context.Context, model *observe.Model, o Options) (*Bench, error) {
	b := &Bench{Options: o, model: model}
	if err := b.prepare(ctx); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// keptSamples is how many frames are kept: enough that a stage does not work
// on what the cache still holds (a 1080p frame has 6 MB).
const keptSamples = 8

func (b *Bench) open(ctx context.Context) (capture.Source, error) {
	return source.Open(ctx, b.Source, source.Options{})
}

// Close closes the source.
func (b *Bench) Close() {
	if b.stream != nil {
		_ = b.stream.Close()
	}
}

// prepare reads sample frames and references from the source.
func (b *Bench) prepare(ctx context.Context) error {
	var err error
	if b.stream, err = b.open(ctx); err != nil {
		return usage.Error(err)
	}
	for range max(keptSamples, b.Learn) {
		var f capture.Frame
		if err := b.read(ctx, &f); err != nil {
			return err
		}
		b.samples = append(b.samples, f)
	}
	if b.bank, err = b.model.Bank(ctx, b.Prompts); err != nil || b.Learn == 0 {
		return err
	}
	set := *b.bank.Set
	set.Detail = b.Detail
	if b.bank, err = b.bank.Rebuild(ctx, &set, b.model.Texts); err != nil {
		return err
	}
	references, l := prompts.NewReferences(b.model.Bundle.Hash, b.model.Matcher), b.model.NewEncoder(observe.View{})
	needs := b.bank.Set.LearnNeeds(b.Learn)
	for i := range b.Learn {
		var o prompts.Observation
		o.Ask(needs)
		if err := l.Encode(ctx, &b.samples[i], &o); err != nil {
			return err
		}
		if needs.Turned {
			if err := l.ObserveTurned(ctx, &b.samples[i], &o); err != nil {
				return err
			}
		}
		if err := references.Add(&o); err != nil {
			return err
		}
	}
	b.bank, err = b.bank.WithReferences(references)
	return err
}

// mostDamaged bounds the frames in a row that cannot be used.
const mostDamaged = 300

// read reads the next frame that can be used; a file starts again at its end.
func (b *Bench) read(ctx context.Context, f *capture.Frame) error {
	for range mostDamaged {
		f.Damaged = ""
		if err := b.readAny(ctx, f); err != nil || f.Damaged == "" {
			return err
		}
	}
	return fmt.Errorf("bench: %s returns no usable frame: %s", b.Source, f.Damaged)
}

func (b *Bench) readAny(ctx context.Context, f *capture.Frame) error {
	err := b.stream.Read(ctx, f)
	if !errors.Is(err, io.EOF) {
		return err
	}
	_ = b.stream.Close()
	if b.stream, err = b.open(ctx); err != nil {
		return err
	}
	if err := b.stream.Read(ctx, f); err != nil {
		return fmt.Errorf("bench: %s returns no frame: %w", b.Source, err)
	}
	return nil
}

// Steps is how often Measure calls its progress.
const Steps = 7

// Measure measures every stage, and then the whole. progress is called after each
// step.
func (b *Bench) Measure(ctx context.Context, progress func()) (*Report, error) {
	f := &b.samples[0]
	r := &Report{Source: b.Source.String(), Bundle: b.model.Bundle.Manifest.Name, BundleHash: b.model.Bundle.Hash, Machine: thisMachine(), Threads: b.Threads, Frames: b.Frames, FailShare: b.Fail, Width: f.Width, Height: f.Height, References: b.bank.References(), Detail: b.bank.Detail()}
	stages, err := b.model.Images.Stages(infer.Picture{Pix: f.Pix, Width: f.Width, Height: f.Height})
	if err != nil {
		return nil, err
	}
	defer stages.Close()
	var read capture.Frame
	var o prompts.Observation
	var scores prompts.Scores
	l := b.model.NewEncoder(observe.View{})
	o.Ask(b.bank.Needs())
	if err := l.Encode(ctx, f, &o); err != nil {
		return nil, err
	}
	steps := []struct {
		name string
		work func() error
	}{
		{"source", func() error { return b.read(ctx, &read) }},
		{"preprocess", func() error { stages.Preprocess(); return nil }},
		{"session", stages.Session},
		{"score", func() error { return b.bank.Score(&o, &scores) }},
	}
	for _, step := range steps {
		cost, all, err := measureInParts(b.Frames, step.work)
		if err != nil {
			return nil, fmt.Errorf("bench %s: %w", step.name, err)
		}
		r.Stages = append(r.Stages, newStage(step.name, cost, all))
		progress()
	}
	for _, part := range []func(context.Context, *Report) error{b.station, b.result, b.pipeline} {
		if err := part(ctx, r); err != nil {
			return nil, fmt.Errorf("bench: %w", err)
		}
		progress()
	}
	session := r.Stages[2].MS
	r.BareSessionFPS = 1000 / session
	r.PipelineToBare = r.PipelineFPS / r.BareSessionFPS
	r.OverheadCoreMS = r.PipelineCoreMS - r.Stages[0].CoreMS - r.Stages[2].CoreMS
	return r, nil
}

// station measures a frame's way from the slot to the score, where nothing
// may be allocated.
func (b *Bench) station(ctx context.Context, r *Report) error {
	var c config.Camera
	c.SetDefaults()
	taken := &repeated{samples: b.samples, left: b.Frames}
	sink := &agingSink{ages: make([]time.Duration, 0, 2*b.Frames)}
	s := b.newStation(&c, taken, b.model.NewEncoder(observe.View{}), sink)
	if err := s.Run(ctx); err != nil { // the first round makes all buffers
		return err
	}
	taken.left = b.Frames
	sink.parts, sink.samples = newTaximeter(b.Frames), make([]Sample, 0, 2*samples)
	sink.parts.begin()
	cost, err := meter.Once(b.Frames, func() error { return s.Run(ctx) })
	r.Stages, r.Allocations = append(r.Stages, newStage("slot to verdict", cost, sink.samples)), cost.Allocations
	return err
}
