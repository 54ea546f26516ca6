package observe

import (
	"context"
	"image"
	"runtime"

	"golang.org/x/sync/errgroup"

	"pristine/capture/opencv"
	"pristine/evaluate"
	"pristine/evaluate/flow"
	"pristine/infer"
	"pristine/prompts"
	"pristine/trial"
)

// OpenPhoto decodes a picture file.
func OpenPhoto(file string) (trial.Photo, error) {
	pix, width, height, err := opencv.DecodeFile(file)
	if err != nil {
		return trial.Photo{}, err
	}
	return trial.Photo{Pix: pix, Width: width, Height: height, Cues: evaluate.NewCues(pix, width, height)}, nil
}

// Observed is one observation of a batch, with the memory that it reuses.
type Observed struct {
	prompts.Observation
	output infer.Output
	tiles  []float32
	fine   []float32
}

// ObserveFiles encodes each file once, with the given needs, and passes the observations
// to use in the files' order. use must not keep them. Files that cannot be read go to
// failed. It calls progress once for each file, unless progress is nil.
func (m *Model) ObserveFiles(ctx context.Context, files []string, needs prompts.Needs, use func(int, *trial.Photo, *prompts.Observation) error, failed func(int, error), progress func()) error {
	if progress == nil {
		progress = func() {}
	}
	return flow.Run(ctx, files, flow.Steps[trial.Photo, Observed]{
		Decode: OpenPhoto,
		Encode: func(ctx context.Context, photos []trial.Photo, out []Observed) error {
			return m.EncodePhotos(ctx, photos, needs, out)
		},
		Use: func(i int, p *trial.Photo, o *Observed) error {
			progress()
			return use(i, p, &o.Observation)
		},
		Failed: func(i int, err error) {
			progress()
			failed(i, err)
		},
	})
}

// Throughput returns the options for the highest number of pictures per second, at the
// cost of latency.
func Throughput() infer.Options {
	return infer.Options{Threads: 1, Runs: runtime.GOMAXPROCS(0)}
}

// EncodePhotos encodes photos with the given needs, without rotations.
func (m *Model) EncodePhotos(ctx context.Context, photos []trial.Photo, needs prompts.Needs, out []Observed) error {
	var pictures []infer.Picture
	for _, p := range photos {
		pictures, _ = m.parts(pictures, infer.Picture{Pix: p.Pix, Width: p.Width, Height: p.Height}, needs, nil)
	}
	outputs := make([]infer.Output, len(pictures))
	per := len(pictures) / max(len(photos), 1) // for the encoder, of one photo
	for i := range photos {
		outputs[i*per] = out[i].output
	}
	// Each photo is encoded separately on one core, as Throughput configures it.
	// This is faster than a batch on all cores.
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(Throughput().Runs)
	for i := range photos {
		group.Go(func() error {
			_, err := m.ofFiles().Encode(groupCtx, pictures[i*per:][:per], outputs[i*per:][:per])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i := range out[:len(photos)] {
		out[i].output = outputs[i*per]
		m.observation(&out[i].Observation, outputs[i*per:][:per], needs, &out[i].tiles, &out[i].fine)
		out[i].Area = m.gridArea(image.Rect(0, 0, photos[i].Width, photos[i].Height))
	}
	return nil
}
