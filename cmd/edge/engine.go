package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

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

// encoderFlags say, in a command that encodes pictures, with what and where.
type encoderFlags struct {
	bundleFlag `embed:""`
	Provider   string `enum:"${providers}" default:"cpu" help:"Where the pictures are encoded: ${enum} (default: ${default})."`
	Precision  string `enum:"fp32,fp16" default:"fp32" help:"As model.precision: fp32 or fp16 (default: ${default})."`
}

// options adds where to encode to how. Nothing else stands in: figures of two
// providers are never mixed.
func (f *encoderFlags) options(o infer.Options) infer.Options {
	o.Providers, o.Precision, o.Policy = []string{f.Provider}, f.Precision, "require"
	return o
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

// learn makes references of picture files, for a set of that many tiles; turned,
// with what they show turned.
func (e *engine) learn(ctx context.Context, files []string, tiles int, turned bool) (*prompts.References, error) {
	references := prompts.NewReferences(e.bundle.Hash, e.matcher)
	l := newLens(e, nil)
	for _, file := range files {
		var o prompts.Observation
		if err := l.observe(ctx, file, tiles, &o); err != nil {
			return nil, err
		}
		if turned {
			if err := l.observeTurned(ctx, file, &o); err != nil {
				return nil, fmt.Errorf("learn %s turned: %w", file, err)
			}
		}
		if err := references.AddPicture(prompts.Reference{Name: file, Seen: o}); err != nil {
			return nil, fmt.Errorf("learn %s: %w", file, err)
		}
	}
	return references, nil
}
