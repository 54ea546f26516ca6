package observe

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"sync"

	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/internal/usage"
	"pristine/observe/picturecache"
	"pristine/prompts"
	"pristine/prompts/textcache"
)

// Model is an opened bundle: its encoders and the matcher of their features.
type Model struct {
	Library    *infer.Library
	Bundle     *bundle.Bundle // where References is not nil, of both: bundle.Pair
	References *bundle.Bundle // that patch features come from; nil where it is Bundle itself
	Images     *infer.Service
	Texts      *Texts
	Matcher    *infer.Matcher

	files *picturecache.Cache // Images, for pictures from files; nil: without a cache
}

// Open opens the bundle in a folder. The caller closes the model.
func Open(dir string, o infer.Options) (*Model, error) { return OpenPaired(dir, "", o, nil) }

// OpenPaired is Open with patch features, which references compare, from the bundle in a
// second folder, unless that is "". It reports each state of the image encoder to
// onState, unless that is nil, from the encoder's goroutines.
func OpenPaired(dir, references string, o infer.Options, onState func(infer.State, string)) (*Model, error) {
	library, err := infer.Load("")
	if err != nil {
		return nil, err
	}
	m := &Model{Library: library}
	text, pictures, err := bundle.OpenPair(dir, references)
	if err != nil {
		return nil, usage.Error(err)
	}
	m.Bundle = bundle.Pair(text, pictures)
	if pictures != nil {
		m.References = pictures.OnlyFeatures()
	}
	// Both encoders open in parallel: each optimises its graph on one core.
	var texts *infer.TextEncoder
	var textsErr error
	var opening sync.WaitGroup
	opening.Go(func() { texts, textsErr = infer.NewTextEncoder(library, text, o) })
	if m.References == nil {
		m.Images, err = infer.NewService(library, text, o, onState)
	} else {
		m.Images, err = infer.NewPairedService(library, text, m.References, o, onState)
	}
	opening.Wait()
	if texts != nil {
		m.Texts = &Texts{texts, textcache.New(filepath.Join(CacheDir(o.CacheDir), "texts.db"), text.TextHash(), texts)}
	}
	if m.Images != nil {
		m.files = picturecache.New(filepath.Join(CacheDir(o.CacheDir), "pictures"), m.Images)
	}
	if err == nil {
		err = textsErr
	}
	if err != nil {
		m.Close()
		return nil, err
	}
	if m.Matcher, err = infer.NewMatcher(library, o); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// TryBundle opens the encoders of a bundle, which runs them once.
func TryBundle(dir string) (*bundle.Bundle, error) {
	b, err := bundle.Open(dir)
	if err != nil {
		return nil, err
	}
	if !b.Manifest.PicturesOnly {
		m, err := Open(dir, infer.Options{})
		if err == nil {
			m.Close()
		}
		return b, err
	}
	library, err := infer.Load("")
	if err != nil {
		return nil, err
	}
	images, err := infer.NewImageEncoder(library, b, infer.Options{})
	if err == nil {
		images.Close()
	}
	return b, err
}

// ForgetFiles makes the model encode picture files each time, without the cache. Call it
// before the model is used.
func (m *Model) ForgetFiles() {
	if m.files != nil {
		m.files.Close()
		m.files = nil
	}
}

// pictureEncoder encodes pictures.
type pictureEncoder interface {
	Encode(ctx context.Context, pictures []infer.Picture, outs []infer.Output) (infer.Timing, error)
}

// ofFiles returns the encoder of picture files, with the cache. Frames of a camera never
// repeat, so Images encodes those.
func (m *Model) ofFiles() pictureEncoder {
	if m.files == nil {
		return m.Images
	}
	return m.files
}

// Close releases the encoders.
func (m *Model) Close() {
	m.ForgetFiles() // before what it encodes by
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

// Info returns what a bank needs to know about the bundle.
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

// CacheDir returns the folder of texts.db and pictures/, the caches of both encoders: dir
// if it is not empty, otherwise a folder in the user's cache folder or in the system's
// temporary folder.
func CacheDir(dir string) string {
	user, err := os.UserCacheDir()
	if err != nil {
		user = os.TempDir()
	}
	return cmp.Or(dir, filepath.Join(user, "pristine"))
}
