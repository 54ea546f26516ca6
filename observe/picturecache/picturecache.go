package picturecache

import (
	"context"
	"image"

	"pristine/infer"
)

// Encoder encodes pictures.
type Encoder interface {
	Encode(ctx context.Context, pictures []infer.Picture, outs []infer.Output) (infer.Timing, error)
	// Origin names all that outputs depend on beside the picture; "" where they are
	// not to be kept. It may change between two calls, and then stays as it is.
	Origin() string
}

// Cache is an encoder with a memory on the disk.
type Cache struct {
	encoder Encoder
	store   *store
	writer  writer
}

// New returns an encoder that remembers in a folder, which is made when the first
// picture is encoded. The caller closes it.
func New(dir string, encoder Encoder) *Cache {
	s := newStore(dir)
	return &Cache{encoder: encoder, store: s, writer: writer{store: s, most: mostWaiting()}}
}

// Encode encodes pictures into outs, which is as long: those whose outputs are not on
// the disk by the encoder, in one call. It empties outputs that do not matter for a
// picture's use. Its errors are those of the encoder.
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
	unchanged := c.encoder.Origin() == origin // else nobody knows which one encoded
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

// Close writes what waits to be written. Encode must not be called afterwards.
func (c *Cache) Close() { c.writer.wait() }

// missed are the pictures that have to be encoded.
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

// valid reports whether all pictures have the pixels that they say they have. The
// encoder says what is wrong with one that has not.
func valid(pictures []infer.Picture) bool {
	for i := range pictures {
		p := &pictures[i]
		if p.Width <= 0 || p.Height <= 0 || len(p.Pix) != 3*p.Width*p.Height || !region(p).In(image.Rect(0, 0, p.Width, p.Height)) {
			return false
		}
	}
	return true
}

// region returns the part of a picture that is encoded.
func region(p *infer.Picture) image.Rectangle {
	if p.Region.Empty() {
		return image.Rect(0, 0, p.Width, p.Height)
	}
	return p.Region
}
