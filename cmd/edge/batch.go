package main

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

	"pristine/capture/opencv"
	"pristine/evaluate"
	"pristine/evaluate/flow"
	"pristine/infer"
	"pristine/prompts"
	"pristine/trial"
)

func openPhoto(file string) (trial.Photo, error) {
	pix, width, height, err := opencv.DecodeFile(file)
	if err != nil {
		return trial.Photo{}, err
	}
	return trial.Photo{Pix: pix, Width: width, Height: height, Cues: evaluate.NewCues(pix, width, height)}, nil
}

// observation is one of a batch, with the memory that it reuses.
type observation struct {
	output infer.Output
	tiles  []float32
	seen   prompts.Observation
}

// observeAll encodes each file and n×n tiles of it once and hands the observations over in order;
// use may keep nothing. Files that cannot be read go to failed.
func (e *engine) observeAll(ctx context.Context, s *streams, what string, files []string, n int, use func(int, *trial.Photo, *prompts.Observation) error, failed func(int, error)) error {
	bar := countBar(s.err, what, len(files))
	return flow.Run(ctx, files, flow.Steps[trial.Photo, observation]{
		Decode: openPhoto,
		Encode: func(ctx context.Context, photos []trial.Photo, out []observation) error {
			return e.encodePhotos(ctx, photos, n, out)
		},
		Use: func(i int, p *trial.Photo, o *observation) error {
			_ = bar.Add(1)
			return use(i, p, &o.seen)
		},
		Failed: func(i int, err error) {
			_ = bar.Add(1)
			failed(i, err)
		},
	})
}

// throughput are the options that encode the most pictures a second; a camera
// wants its one frame soon instead.
func throughput() infer.Options {
	return infer.Options{Threads: 1, Runs: runtime.GOMAXPROCS(0)}
}

func (e *engine) encodePhotos(ctx context.Context, photos []trial.Photo, n int, out []observation) error {
	per := 1 + n*n // pictures for the encoder of one photo
	var pictures []infer.Picture
	outputs := make([]infer.Output, per*len(photos))
	for i, p := range photos {
		pictures, _ = tiled(pictures, infer.Picture{Pix: p.Pix, Width: p.Width, Height: p.Height}, n, nil)
		outputs[i*per] = out[i].output
	}
	// Each photo is encoded by itself on a core of its own, as throughput() has
	// it: that is faster than all cores on a batch.
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(throughput().Runs)
	for i := range photos {
		group.Go(func() error {
			_, err := e.images.Encode(groupCtx, pictures[i*per:][:per], outputs[i*per:][:per])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i := range out[:len(photos)] {
		out[i].output = outputs[i*per]
		e.observation(&out[i].seen, outputs[i*per:][:per], &out[i].tiles)
	}
	return nil
}
