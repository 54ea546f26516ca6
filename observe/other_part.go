package observe

import (
	"context"
	"fmt"

	"pristine/prompts"
)

// mostOdd bounds the first pictures that are each compared with the others.
const mostOdd = 16

// leastOdd is how many pictures it takes to tell an odd one.
const leastOdd = 4

// OtherPart returns warnings if good pictures from the n-th on show another part or view
// than the earlier ones, that is, if they score as unknown by those. If there are no
// earlier ones, each of the first pictures is compared with the others. It encodes no
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
	if n == len(r.Pictures()) {
		return nil, nil
	}
	plain := *set
	plain.Detail = 1 // new pictures have no detail yet
	bank, err := prompts.NewBank(ctx, &plain, m.Texts, m.Info())
	if err == nil && before.Len() == 0 {
		return m.odd(bank, r)
	}
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
	return warnOthers(others, len(r.Pictures())-n, "references before"), nil
}

// odd returns a warning where any of the first good pictures is unknown to the others.
func (m *Model) odd(bank *prompts.Bank, r *prompts.References) ([]string, error) {
	var good []prompts.Reference
	for _, p := range r.Pictures() {
		if !p.Bad && len(good) < mostOdd {
			good = append(good, p)
		}
	}
	if len(good) < leastOdd {
		return nil, nil
	}
	var others []string
	var scores prompts.Scores
	for i, p := range good {
		rest := prompts.NewReferences(m.Bundle.Hash, m.Matcher)
		for k, other := range good {
			if k == i {
				continue
			}
			if err := rest.AddPicture(other); err != nil {
				return nil, err
			}
		}
		with, err := bank.WithReferences(rest)
		if err == nil {
			err = with.Score(&p.Seen, &scores)
		}
		if err != nil {
			return nil, fmt.Errorf("compare %s with the other references: %w", p.Name, err)
		}
		if scores.Unknown {
			others = append(others, p.Name)
		}
	}
	return warnOthers(others, len(good), "others"), nil
}

func warnOthers(others []string, of int, than string) []string {
	if len(others) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Warning: %d of %d pictures show another part or view than the %s, such as %s.\nTry: edge reference list, edge reference remove", len(others), of, than, others[0])}
}
