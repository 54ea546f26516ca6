package main

import (
	"context"
	"image"
	"math"
	"os"
	"path/filepath"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/infer"
	"pristine/prompts"
	"pristine/prompts/textcache"
)

// engine is a bundle's encoders, opened.
type engine struct {
	library *infer.Library
	bundle  *infer.Bundle
	images  *infer.ImageEncoder
	texts   *texts
	matcher *infer.Matcher
}

// bundleFlag is the --bundle of every command that encodes.
type bundleFlag struct {
	Bundle string `default:"models/pocket" placeholder:"DIR" help:"Folder of the model bundle (default: ${default})."`
}

func openEngine(bundle string, o infer.Options) (*engine, error) {
	library, err := infer.Load("")
	if err != nil {
		return nil, err
	}
	e := &engine{library: library}
	if e.bundle, err = infer.OpenBundle(bundle); err != nil {
		return nil, usageError{err}
	}
	if e.images, err = infer.NewImageEncoder(library, e.bundle, o); err != nil {
		return nil, err
	}
	encoder, err := infer.NewTextEncoder(library, e.bundle, o)
	if err != nil {
		e.close()
		return nil, err
	}
	e.texts = &texts{encoder, textcache.New(cacheFile(o.CacheDir), e.bundle.Hash, encoder)}
	if e.matcher, err = infer.NewMatcher(library, o); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// texts is the text encoder; it remembers what it has encoded.
type texts struct {
	*infer.TextEncoder
	cache *textcache.Cache
}

// Encode gives the unit embedding of each text.
func (t *texts) Encode(ctx context.Context, all []string) ([][]float32, error) {
	return t.cache.Encode(ctx, all)
}

// cacheFile lies beside the engines of a configuration, else where the user's
// caches are, else where other programs leave what may be lost.
func cacheFile(dir string) string {
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			user = os.TempDir()
		}
		dir = filepath.Join(user, "pristine")
	}
	return filepath.Join(dir, "texts.db")
}

func (e *engine) close() {
	if e.images != nil {
		e.images.Close()
	}
	if e.texts != nil {
		e.texts.Close()
	}
	if e.matcher != nil {
		e.matcher.Close()
	}
}

func (e *engine) info() prompts.BundleInfo {
	m := &e.bundle.Manifest
	return prompts.BundleInfo{Hash: e.bundle.Hash, Dim: m.EmbeddingDim, LogitScale: m.LogitScale, PatchLogitScale: m.PatchLogitScale, StateDims: m.StateDims}
}

// bank loads and encodes a prompt set.
func (e *engine) bank(ctx context.Context, file string) (*prompts.Bank, error) {
	set, err := prompts.Load(file)
	if err != nil {
		return nil, usageError{err}
	}
	return prompts.NewBank(ctx, set, e.texts, e.info())
}

// lens encodes the frames of one camera, within its region. It belongs to one
// goroutine.
type lens struct {
	engine  *engine
	region  [4]float64 // x, y, width, height as shares of the frame
	picture [1]infer.Picture
	output  [1]infer.Output
	timing  infer.Timing // of the last frame
}

func newLens(e *engine, region []float64) *lens {
	l := &lens{engine: e, region: [4]float64{0, 0, 1, 1}}
	copy(l.region[:], region)
	return l
}

// Encode implements inspect.Encoder.
func (l *lens) Encode(ctx context.Context, f *capture.Frame, o *prompts.Observation) error {
	l.picture[0] = infer.Picture{Pix: f.Pix, Width: f.Width, Height: f.Height, Region: pixels(l.region, f.Width, f.Height)}
	var err error
	if l.timing, err = l.engine.images.Encode(ctx, l.picture[:], l.output[:]); err != nil {
		return err
	}
	shapes := l.engine.images.Shapes()
	*o = prompts.Observation{
		Bundle: l.engine.bundle.Hash, Embedding: l.output[0].Embedding, Patches: l.output[0].PatchEmbeddings, Features: l.output[0].PatchFeatures,
		PatchGrid: shapes.PatchGrid, FeatureGrid: shapes.FeatureGrid,
	}
	return nil
}

// pixels turns shares of a frame into a rectangle of at least one pixel.
func pixels(region [4]float64, width, height int) image.Rectangle {
	at := func(share float64, size int) int { return int(math.Round(share * float64(size))) }
	r := image.Rect(at(region[0], width), at(region[1], height), at(region[0]+region[2], width), at(region[1]+region[3], height))
	r.Max.X, r.Max.Y = max(r.Max.X, r.Min.X+1), max(r.Max.Y, r.Min.Y+1)
	return r.Intersect(image.Rect(0, 0, width, height))
}

// observe encodes a picture file.
func (l *lens) observe(ctx context.Context, file string, o *prompts.Observation) error {
	pix, width, height, err := opencv.DecodeFile(file)
	if err != nil {
		return err
	}
	return l.Encode(ctx, &capture.Frame{Pix: pix, Width: width, Height: height}, o)
}

// learn makes references of picture files.
func (e *engine) learn(ctx context.Context, files []string) (*prompts.References, error) {
	references := prompts.NewReferences(e.bundle.Hash, e.matcher)
	l := newLens(e, nil)
	for _, file := range files {
		var o prompts.Observation
		if err := l.observe(ctx, file, &o); err != nil {
			return nil, err
		}
		if err := references.Add(&o); err != nil {
			return nil, err
		}
	}
	return references, nil
}
