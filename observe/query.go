package observe

import (
	"context"
	"fmt"
	"os"

	"pristine/prompts"
	"pristine/prompts/explain"
)

// EmbedQuery embeds a picture if the text names a file, otherwise the text.
func (m *Model) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	if info, err := os.Stat(text); err == nil && !info.IsDir() {
		var o prompts.Observation
		err := m.NewEncoder(View{}).ObserveFile(ctx, text, prompts.Needs{}, &o)
		return o.Embedding, err
	}
	vectors, err := m.Texts.Encode(ctx, []string{text})
	if err != nil {
		return nil, err
	}
	return vectors[0], nil
}

// Nearest is a reference picture compared with an observation.
type Nearest struct {
	File string `json:"file"`
	explain.Near
}

// NearestReferences compares an observation with each good reference of a bank.
func (m *Model) NearestReferences(bank *prompts.Bank, o *prompts.Observation) ([]Nearest, error) {
	var names []string
	var references []prompts.Observation
	for _, r := range bank.ReferencePictures() {
		if !r.Bad {
			names, references = append(names, r.Name), append(references, r.Seen)
		}
	}
	found, err := explain.References(m.Matcher, o, references)
	if err != nil {
		return nil, err
	}
	all := make([]Nearest, 0, len(found))
	for _, n := range found {
		all = append(all, Nearest{names[n.Index], n})
	}
	return all, nil
}

// Lint returns the warnings about a prompt set's file.
func (m *Model) Lint(ctx context.Context, file string) ([]prompts.Warning, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read prompt set: %w", err)
	}
	return prompts.Lint(ctx, file, data, m.Texts, m.Info())
}
