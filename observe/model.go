package observe

import (
	"context"
	"os"
	"path/filepath"

	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/internal/usage"
	"pristine/prompts"
	"pristine/prompts/textcache"
)

// Model is an opened bundle: its encoders and what matches their features.
type Model struct {
	Library *infer.Library
	Bundle  *bundle.Bundle
	Images  *infer.Service
	Texts   *Texts
	Matcher *infer.Matcher
}

// Open opens the bundle in a folder. The caller closes the model.
func Open(dir string, o infer.Options) (*Model, error) { return OpenNotify(dir, o, nil) }

// OpenNotify is Open that reports each state of the image encoder to onState,
// from the encoder's goroutines.
func OpenNotify(dir string, o infer.Options, onState func(infer.State, string)) (*Model, error) {
	library, err := infer.Load("")
	if err != nil {
		return nil, err
	}
	m := &Model{Library: library}
	if m.Bundle, err = bundle.Open(dir); err != nil {
		return nil, usage.Error(err)
	}
	if m.Images, err = infer.NewService(library, m.Bundle, o, onState); err != nil {
		return nil, err
	}
	encoder, err := infer.NewTextEncoder(library, m.Bundle, o)
	if err != nil {
		m.Close()
		return nil, err
	}
	m.Texts = &Texts{encoder, textcache.New(cacheFile(o.CacheDir), m.Bundle.TextHash(), encoder)}
	if m.Matcher, err = infer.NewMatcher(library, o); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// Close releases the encoders.
func (m *Model) Close() {
	if m.Images != nil {
		m.Images.Close()
	}
	if m.Texts != nil {
		m.Texts.Close()
	}
	if m.Matcher != nil {
		m.Matcher.Close()
	}
}

// Info returns what a bank must know of the bundle.
func (m *Model) Info() prompts.BundleInfo {
	b := &m.Bundle.Manifest
	return prompts.BundleInfo{Hash: m.Bundle.Hash, Dim: b.EmbeddingDim, LogitScale: b.LogitScale, PatchLogitScale: b.PatchLogitScale, StateDims: b.StateDims}
}

// Texts is a text encoder with a cache of the texts that it has encoded.
type Texts struct {
	*infer.TextEncoder
	cache *textcache.Cache
}

// Encode returns the unit embedding of each text.
func (t *Texts) Encode(ctx context.Context, all []string) ([][]float32, error) {
	return t.cache.Encode(ctx, all)
}

// cacheFile returns the text cache's path: in dir where a configuration names
// one, else in the user's cache folder, else in the system's temporary folder.
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
