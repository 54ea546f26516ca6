package observe

import (
	"context"
	"fmt"

	"pristine/prompts"
)

// OtherPart returns warnings if good pictures from the n-th on show another part or view
// than the earlier ones, that is, if they score as unknown by those. It encodes no
// picture.
func (m *Model) OtherPart(ctx context.Context, set *prompts.Set, r *prompts.References, n int) ([]string, error) {
	before := prompts.NewReferences(m.Bundle.Hash, m.Matcher)
	for _, p := range r.Pictures()[:n] {
		if p.Bad {
			continue
		}
		if err := before.AddPicture(p); err != nil {
			return nil, err
		}
	}
	if before.Len() == 0 || n == len(r.Pictures()) {
		return nil, nil
	}
	plain := *set
	plain.Detail = 1 // new pictures have no detail yet
	bank, err := prompts.NewBank(ctx, &plain, m.Texts, m.Info())
	if err == nil {
		bank, err = bank.WithReferences(before)
	}
	if err != nil {
		return nil, fmt.Errorf("compare with the references before: %w", err)
	}
	var others []string
	var scores prompts.Scores
	for _, p := range r.Pictures()[n:] {
		if p.Bad {
			continue
		}
		if err := bank.Score(&p.Seen, &scores); err != nil {
			return nil, fmt.Errorf("compare %s with the references before: %w", p.Name, err)
		}
		if scores.Unknown {
			others = append(others, p.Name)
		}
	}
	if len(others) == 0 {
		return nil, nil
	}
	return []string{fmt.Sprintf("Warning: %d of %d pictures show another part or view than the references before, such as %s.\nTry: edge reference list, edge reference remove", len(others), len(r.Pictures())-n, others[0])}, nil
}
