package main

import (
	"context"
	"errors"
	"fmt"
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
	images  *infer.Service
	texts   *texts
	matcher *infer.Matcher
}

// bundleFlag is the --bundle of every command that encodes.
type bundleFlag struct {
	Bundle string `default:"models/pocket" placeholder:"DIR" help:"Folder of the model bundle (default: ${default})."`
}

func openEngine(bundle string, o infer.Options) (*engine, error) {
	return openEngineTelling(bundle, o, nil)
}

// openEngineTelling opens an engine that tells the states of its model.
func openEngineTelling(bundle string, o infer.Options, onState func(infer.State, string)) (*engine, error) {
	library, err := infer.Load("")
	if err != nil {
		return nil, err
	}
	e := &engine{library: library}
	if e.bundle, err = infer.OpenBundle(bundle); err != nil {
		return nil, usageError{err}
	}
	if e.images, err = infer.NewService(library, e.bundle, o, onState); err != nil {
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

// stored gives the references that are kept beside a set; nil where there are
// none.
func (e *engine) stored(set *prompts.Set, setFile string) (*prompts.References, error) {
	file := set.ReferencesFile(setFile)
	r, err := prompts.LoadReferences(file, e.bundle.Hash, e.matcher)
	switch {
	case errors.Is(err, os.ErrNotExist) && set.References == "":
		return nil, nil
	case errors.Is(err, os.ErrNotExist):
		return nil, usageError{fmt.Errorf("%s: references: %s is not there: make it with edge reference add %s DIR", setFile, file, setFile)}
	case err != nil:
		return nil, usageError{err}
	}
	return r, nil
}

// lens encodes the frames of one camera, within its region. It belongs to one
// goroutine.
type lens struct {
	engine   *engine
	region   [4]float64 // x, y, width, height as shares of the frame
	tiles    []image.Rectangle
	pictures []infer.Picture // the frame and its tiles
	outputs  []infer.Output
	tiled    []float32    // embeddings of the tiles
	timing   infer.Timing // of the last frame
}

func newLens(e *engine, region []float64) *lens {
	l := &lens{engine: e, region: [4]float64{0, 0, 1, 1}}
	copy(l.region[:], region)
	return l
}

// Encode implements inspect.Encoder. The frame and the tiles that are asked for
// go to the model together, in its batches.
func (l *lens) Encode(ctx context.Context, f *capture.Frame, o *prompts.Observation) error {
	frame := infer.Picture{Pix: f.Pix, Width: f.Width, Height: f.Height, Region: pixels(l.region, f.Width, f.Height)}
	l.pictures, l.tiles = tiled(l.pictures[:0], frame, o.TileGrid[0], l.tiles)
	for len(l.outputs) < len(l.pictures) {
		l.outputs = append(l.outputs, infer.Output{})
	}
	outputs := l.outputs[:len(l.pictures)]
	var err error
	if l.timing, err = l.engine.images.Encode(ctx, l.pictures, outputs); err != nil {
		return err
	}
	l.engine.observation(o, outputs, &l.tiled)
	return nil
}

// tiled appends a picture and n×n tiles of it.
func tiled(pictures []infer.Picture, p infer.Picture, n int, tiles []image.Rectangle) ([]infer.Picture, []image.Rectangle) {
	region := p.Region
	if region.Empty() {
		region = image.Rect(0, 0, p.Width, p.Height)
	}
	pictures, tiles = append(pictures, p), prompts.Tiles(region, n, tiles)
	for _, p.Region = range tiles {
		pictures = append(pictures, p)
	}
	return pictures, tiles
}

// observation joins what the encoder says of a picture and of its n×n tiles;
// memory holds the embeddings of the tiles.
func (e *engine) observation(o *prompts.Observation, outputs []infer.Output, memory *[]float32) {
	*memory = (*memory)[:0]
	for _, tile := range outputs[1:] {
		*memory = append(*memory, tile.Embedding...)
	}
	n := int(math.Round(math.Sqrt(float64(len(outputs) - 1))))
	shapes := e.images.Shapes()
	*o = prompts.Observation{
		Bundle: e.bundle.Hash, Embedding: outputs[0].Embedding, Patches: outputs[0].PatchEmbeddings, Features: outputs[0].PatchFeatures, Tiles: *memory,
		PatchGrid: shapes.PatchGrid, FeatureGrid: shapes.FeatureGrid, TileGrid: [2]int{n, n},
	}
}

// pixels turns shares of a frame into a rectangle of at least one pixel.
func pixels(region [4]float64, width, height int) image.Rectangle {
	at := func(share float64, size int) int { return int(math.Round(share * float64(size))) }
	r := image.Rect(at(region[0], width), at(region[1], height), at(region[0]+region[2], width), at(region[1]+region[3], height))
	r.Max.X, r.Max.Y = max(r.Max.X, r.Min.X+1), max(r.Max.Y, r.Min.Y+1)
	return r.Intersect(image.Rect(0, 0, width, height))
}

// observe encodes a picture file, and n×n tiles of it.
func (l *lens) observe(ctx context.Context, file string, n int, o *prompts.Observation) error {
	pix, width, height, err := opencv.DecodeFile(file)
	if err != nil {
		return err
	}
	o.TileGrid = [2]int{n, n}
	return l.Encode(ctx, &capture.Frame{Pix: pix, Width: width, Height: height}, o)
}

// learn makes references of picture files, for a set of that many tiles.
func (e *engine) learn(ctx context.Context, files []string, tiles int) (*prompts.References, error) {
	references := prompts.NewReferences(e.bundle.Hash, e.matcher)
	l := newLens(e, nil)
	for _, file := range files {
		var o prompts.Observation
		if err := l.observe(ctx, file, tiles, &o); err != nil {
			return nil, err
		}
		if err := references.Add(&o); err != nil {
			return nil, err
		}
	}
	return references, nil
}
