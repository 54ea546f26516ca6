package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"pristine/evaluate/dataset"
	"pristine/internal/progress"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
	"pristine/trial"
)

// dataFlags say which pictures are good and which are bad.
type dataFlags struct {
	Good           []string `placeholder:"DIR" help:"Folder of good pictures, read recursively; may be repeated."`
	Bad            []string `placeholder:"DIR" help:"Folder of bad pictures, read recursively; its folders name the defects; may be repeated."`
	Data           string   `placeholder:"DIR" help:"Labelled data set instead of --good and --bad: a folder such as MVTec's (AD, AD 2, LOCO, 3D), VisA's, BTAD's, or good/ beside bad/; a CSV of path,label[,defect][,mask][,split]; or Real-IAD's JSON."`
	SkipUnreadable bool     `help:"Skip pictures that cannot be read, and say how many."`
}

func (d *dataFlags) open() (*dataset.Set, error) {
	var set *dataset.Set
	var err error
	switch {
	case d.Data != "" && len(d.Good)+len(d.Bad) > 0:
		err = fmt.Errorf("--data stands in the place of --good and --bad: give one or the others")
	case d.Data != "":
		set, err = dataset.Open(d.Data)
	case len(d.Good) == 0 || len(d.Bad) == 0:
		err = fmt.Errorf("missing flags: give good and bad pictures: --good DIR and --bad DIR, or --data DIR")
	default:
		set, err = dataset.Plain(d.Good, d.Bad)
	}
	if err != nil {
		return nil, usage.Error(err)
	}
	return set, nil
}

// referenceFlags say what a set is given as references.
type referenceFlags struct {
	References string `placeholder:"DIR|K" help:"Folder of good pictures of the same part, none of them in --good; or how many of the good ones to draw as references, the rest being measured; default: those kept beside the set, if any."`
	Draws      int    `default:"1" placeholder:"N" help:"How often to draw the K references; figures are the means (default: ${default})."`
	Seed       uint64 `default:"1" placeholder:"N" help:"Seed of the first draw (default: ${default})."`
}

func (f *referenceFlags) open(s *streams) (trial.References, error) {
	r := trial.References{Draws: f.Draws, Seed: f.Seed, Text: f.References}
	var err error
	if r.K, err = strconv.Atoi(f.References); err == nil {
		r.Drawn = true
		return r, nil
	}
	if f.References == "" {
		return r, nil
	}
	if r.Files, err = s.list(f.References); err != nil {
		return r, usage.Error(err)
	}
	return r, nil
}

// measurement is a trial that is about to run: the model and the sets are open.
type measurement struct {
	*observe.Model
	streams *streams
	options trial.Options
}

// openMeasurement opens pictures, references, model and sets. Close the engine.
func openMeasurement(ctx context.Context, s *streams, d *dataFlags, r *referenceFlags, encoder *encoderFlags, sets ...string) (*measurement, error) {
	data, err := d.open()
	if err != nil {
		return nil, err
	}
	s.warn(data.Warnings, data.Details)
	references, err := r.open(s)
	if err != nil {
		return nil, err
	}
	m, err := openModel(ctx, s, d, references, encoder, sets...)
	if err == nil {
		m.options.Data = data
	}
	return m, err
}

// measure opens a measurement and runs it. Close the measurement.
func measure(ctx context.Context, s *streams, d *dataFlags, r *referenceFlags, encoder *encoderFlags, sets ...string) (*measurement, *trial.Trial, error) {
	m, err := openMeasurement(ctx, s, d, r, encoder, sets...)
	if err != nil {
		return nil, nil, err
	}
	t, err := m.run(ctx)
	if err != nil {
		m.Close()
	}
	return m, t, err
}

// openModel is openMeasurement before it is known what is measured.
func openModel(ctx context.Context, s *streams, d *dataFlags, r trial.References, encoder *encoderFlags, sets ...string) (*measurement, error) {
	m := &measurement{streams: s, options: trial.Options{References: r, SkipUnreadable: d.SkipUnreadable}}
	var err error
	if m.Model, err = encoder.openPaired(observe.Throughput()); err != nil {
		return nil, err
	}
	m.options.Bundle, m.options.BundleHash = m.Bundle.Manifest.Name, m.Bundle.Hash
	if m.options.Sets, err = m.Banks(ctx, sets, r.Text); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// run measures.
func (m *measurement) run(ctx context.Context) (*trial.Trial, error) {
	t, err := trial.Run(ctx, m, m.options)
	var wrong trial.OptionsError
	if errors.As(err, &wrong) {
		return nil, usage.Error(err)
	}
	return t, err
}

// Open implements trial.Encoder.
func (m *measurement) Open(file string) (trial.Photo, error) { return observe.OpenPhoto(file) }

// Learn implements trial.Encoder.
func (m *measurement) Learn(ctx context.Context, files []string, needs prompts.Needs) (*prompts.References, error) {
	return m.LearnReferences(ctx, observe.View{}, files, needs)
}

// Observe implements trial.Encoder.
func (m *measurement) Observe(ctx context.Context, files []string, needs prompts.Needs, use func(int, *trial.Photo, *prompts.Observation) error, failed func(int, error)) error {
	return m.ObserveFiles(ctx, files, needs, use, failed, progress.Advance(progress.Count(m.streams.err, "scoring", len(files))))
}
