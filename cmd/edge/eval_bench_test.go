package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pristine/infer"
	"pristine/internal/meter"
	"pristine/internal/pictures"
	"pristine/observe"
	"pristine/prompts"
	"pristine/trial"
)

// BenchmarkEvalBesideTheBareSession scores a folder of pictures as edge eval does
// and tells its rate as a share of the bare session's, as edge bench measures
// that one: one picture after the other, on all cores. Both are measured in turn,
// in one run. The folder is PRISTINE_PHOTOS, else photos of the built-in line.
func BenchmarkEvalBesideTheBareSession(b *testing.B) {
	dir := os.Getenv("PRISTINE_PHOTOS")
	if dir == "" {
		dir = filepath.Join(b.TempDir(), "photos")
		var out bytes.Buffer
		if code := run(context.Background(), []string{"testline", dir, "--parts", "120"}, &out, &out); code != 0 {
			b.Fatal(out.String())
		}
	}
	list, err := pictures.List(dir)
	if err != nil {
		b.Fatal(err)
	}
	files := list.Files
	open := func(o infer.Options) *observe.Model {
		e, err := observe.Open("models/pocket", o)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(e.Close)
		e.ForgetFiles()
		return e
	}
	bare, many := open(infer.Options{}), open(observe.Throughput())
	bank, err := many.Bank(context.Background(), "configs/prompts/part.yaml")
	if err != nil {
		b.Fatal(err)
	}
	photo, err := observe.OpenPhoto(files[0])
	if err != nil {
		b.Fatal(err)
	}
	stages, err := bare.Images.Stages(infer.Picture{Pix: photo.Pix, Width: photo.Width, Height: photo.Height})
	if err != nil {
		b.Fatal(err)
	}
	defer stages.Close()
	var session, eval, cores time.Duration
	var scores prompts.Scores
	for b.Loop() {
		cost, err := meter.Measure(len(files), stages.Session)
		if err != nil {
			b.Fatal(err)
		}
		session += cost.Wall
		cost, err = meter.Once(len(files), func() error {
			return many.ObserveFiles(context.Background(), files, prompts.Needs{}, func(_ int, _ *trial.Photo, o *prompts.Observation) error {
				return bank.Score(o, &scores)
			}, func(_ int, err error) { b.Error(err) }, nil)
		})
		if err != nil {
			b.Fatal(err)
		}
		eval, cores = eval+cost.Wall, cores+cost.CPU
	}
	b.ReportMetric(float64(session)/float64(eval), "of_bare")
	b.ReportMetric(cores.Seconds()*1000/float64(b.N), "core-ms/picture")
}

// BenchmarkScoreByReferences is what comparing a frame costs, with references as
// they are and with them turned.
func BenchmarkScoreByReferences(b *testing.B) {
	e, plain := openPlain(b)
	files, _ := filepath.Glob("cmd/edge/testdata/lots/*/good/*.jpg")
	for _, count := range []int{4, 16} {
		r, err := e.LearnReferences(context.Background(), observe.View{}, files[:count], prompts.Needs{Detail: 2, Turned: true})
		if err != nil {
			b.Fatal(err)
		}
		for _, option := range []prompts.Turned{prompts.TurnedNever, prompts.TurnedAlways} {
			bank, set := *plain, *plain.Set
			set.Turned, bank.Set = option, &set
			with, err := bank.WithReferences(r)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%d-turned-%s", count, option), func(b *testing.B) {
				var s prompts.Scores
				o := r.Pictures()[0].Seen
				b.ReportAllocs()
				for b.Loop() {
					if err := with.Score(&o, &s); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
