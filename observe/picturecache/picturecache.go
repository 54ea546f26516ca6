package picturecache

import (
	"context"

	"pristine/infer"
)

// Encoder encodes pictures.
type Encoder interface {
	Encode(ctx context.Context, pictures []infer.Picture, outs []infer.Output) (infer.Timing, error)
	// Origin returns everything but the picture that outputs depend on, as text, or ""
	// if outputs must not be stored. It may change once.
	Origin() string
}

// Cache is an encoder that stores its outputs on disk.
type Cache struct {
	encoder Encoder
	store   *store
	writer  writer
}

// New returns a cache in a folder, which it creates when the first picture is encoded.
// The caller closes the cache.
func New(dir string, encoder Encoder) *Cache {
	s := newStore(dir)
	return &Cache{encoder: encoder, store: s, writer: writer{store: s, most: mostWaiting()}}
}

// Encode encodes pictures into outs, which must have the same length. It calls the
// encoder at most once, for the pictures that are not stored, and returns its errors. It
// empties the outputs that a picture's use does not need.
func (c *Cache) Encode(ctx context.Context, pictures []infer.Picture, outs []infer.Output) (infer.Timing, error) {
	origin := c.encoder.Origin()
	if origin == "" || len(pictures) != len(outs) || !valid(pictures) || !c.store.open() {
		return c.encoder.Encode(ctx, pictures, outs)
	}
	var missing missed
	for i := range pictures {
		key := keyOf(origin, &pictures[i])
		if !c.store.get(key, func(data []byte) bool { return decode(data, &outs[i]) }) {
			missing.add(i, key, &pictures[i], &outs[i])
		}
	}
	if len(missing.keys) == 0 {
		return infer.Timing{}, nil
	}
	timing, err := c.encoder.Encode(ctx, missing.pictures, missing.outs)
	unchanged := c.encoder.Origin() == origin // otherwise either encoder may have been used
	for k, i := range missing.at {
		o := &missing.outs[k]
		switch pictures[i].For {
		case infer.ForEmbedding:
			o.PatchFeatures = o.PatchFeatures[:0]
		case infer.ForFeatures:
			o.Embedding, o.PatchEmbeddings = o.Embedding[:0], o.PatchEmbeddings[:0]
		}
		outs[i] = *o
		if err == nil && unchanged {
			c.writer.add(missing.keys[k], o)
		}
	}
	return timing, err
}

// Close writes pending entries. Encode must not be called afterwards.
func (c *Cache) Close() { c.writer.wait() }

// missed lists the pictures that have to be encoded.
type missed struct {
	at       []int
	keys     []key
	pictures []infer.Picture
	outs     []infer.Output
}

func (m *missed) add(i int, k key, p *infer.Picture, o *infer.Output) {
	m.at, m.keys = append(m.at, i), append(m.keys, k)
	m.pictures, m.outs = append(m.pictures, *p), append(m.outs, *o)
}

// valid reports whether all pictures are valid. The encoder reports what is wrong with
// one that is not.
func valid(pictures []infer.Picture) bool {
	for i := range pictures {
		if pictures[i].Check() != nil {
			return false
		}
	}
	return true
}
