package infer

import (
	"context"
	"fmt"
	"image"

	"pristine/infer/bundle"
)

// NewPairedService opens a service with embeddings from one bundle and patch features
// from another, which sees the same area of each picture. onState gets the states of the
// first bundle.
func NewPairedService(lib *Library, text, pictures *bundle.Bundle, o Options, onState func(State, string)) (*Service, error) {
	features, err := NewService(lib, pictures.OnlyFeatures(), o, nil)
	if err != nil {
		return nil, fmt.Errorf("open the references' bundle: %w", err)
	}
	s, err := NewService(lib, text.WithoutFeatures(), o, onState)
	if err != nil {
		features.Close()
		return nil, err
	}
	s.features = features
	area := text.Manifest.Image.Area
	s.both.New = func() any { return &bothOutputs{area: area} }
	return s, nil
}

// bothOutputs are the pictures and outputs of one call to both encoders.
type bothOutputs struct {
	area     func(region image.Rectangle) image.Rectangle
	pictures []Picture
	outs     []Output
	at       []int // of pictures in the call
}

// encodeBoth encodes pictures with each encoder whose outputs are needed, one after the
// other, since each uses all cores.
func (s *Service) encodeBoth(ctx context.Context, pictures []Picture, outs []Output) (Timing, error) {
	if len(pictures) != len(outs) {
		return Timing{}, fmt.Errorf("encode pictures: %d pictures, but %d outputs", len(pictures), len(outs))
	}
	for i := range pictures { // before the areas of regions are taken
		if err := pictures[i].Check(); err != nil {
			return Timing{}, fmt.Errorf("encode picture %d: %w", i, err)
		}
	}
	b := s.both.Get().(*bothOutputs)
	defer s.both.Put(b)
	b.choose(pictures, outs, ForFeatures)
	timing, err := s.encode(ctx, b.pictures, b.outs)
	for k, i := range b.at {
		outs[i].Embedding, outs[i].PatchEmbeddings = b.outs[k].Embedding, b.outs[k].PatchEmbeddings
	}
	if err != nil {
		return timing, err
	}
	b.choose(pictures, outs, ForEmbedding)
	for k := range b.pictures {
		b.pictures[k].Region = b.area(b.pictures[k].Bounds())
	}
	of, err := s.features.encode(ctx, b.pictures, b.outs)
	for k, i := range b.at {
		outs[i].PatchFeatures = b.outs[k].PatchFeatures
	}
	timing.Preprocess += of.Preprocess
	timing.Session += of.Session
	return timing, err
}

// choose selects the pictures that need this encoder, and clears the other outputs.
func (b *bothOutputs) choose(pictures []Picture, outs []Output, others Use) {
	b.pictures, b.outs, b.at = b.pictures[:0], b.outs[:0], b.at[:0]
	for i := range pictures {
		o := &outs[i]
		switch {
		case pictures[i].For != others:
			b.pictures, b.outs, b.at = append(b.pictures, pictures[i]), append(b.outs, *o), append(b.at, i)
		case others == ForFeatures:
			o.Embedding, o.PatchEmbeddings = o.Embedding[:0], o.PatchEmbeddings[:0]
		default:
			o.PatchFeatures = o.PatchFeatures[:0]
		}
	}
}
