package prompts

import (
	"cmp"
	"fmt"
	"slices"
)

// text is an encoded prompt.
type text struct {
	class  string
	kind   Kind
	prompt string
	vector []float32 // [dim], unit: of its sentences in all templates
}

// Text is one prompt of a set, compared with a picture.
type Text struct {
	Class  string  `json:"class"`
	Kind   Kind    `json:"kind"`
	Prompt string  `json:"prompt"` // with the object, without a template
	Cosine float64 `json:"cosine"` // in [-1, 1]
}

// Against reports whether the text describes a defect.
func (t *Text) Against() bool { return t.Kind == Defect }

// Texts returns each prompt's cosine with the unit embedding of a picture, the nearest
// first. It allocates, so call it for display, not for each frame.
func (b *Bank) Texts(embedding []float32) ([]Text, error) {
	if len(embedding) != b.bundle.Dim {
		return nil, fmt.Errorf("compare texts: %w (the picture has %d numbers, the prompts %d)", ErrBundle, len(embedding), b.bundle.Dim)
	}
	all := make([]Text, len(b.texts))
	for i := range b.texts {
		t := &b.texts[i]
		all[i] = Text{t.class, t.kind, t.prompt, float64(dot(embedding, t.vector))}
	}
	slices.SortStableFunc(all, func(x, y Text) int { return cmp.Compare(y.Cosine, x.Cosine) })
	return all, nil
}

// ForAndAgainst returns the n nearest prompts that describe a good part and the n
// nearest that describe a defect, the nearest first.
func (b *Bank) ForAndAgainst(embedding []float32, n int) (good, bad []Text, err error) {
	all, err := b.Texts(embedding)
	for _, t := range all {
		switch {
		case t.Against() && len(bad) < n:
			bad = append(bad, t)
		case !t.Against() && len(good) < n:
			good = append(good, t)
		}
	}
	return good, bad, err
}
