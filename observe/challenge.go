package observe

import (
	"context"
	"fmt"
	"slices"

	"pristine/capture"
	"pristine/challenge"
	"pristine/prompts"
	"pristine/verdict"
)

// judge implements challenge.Judge: it sees a picture as a camera with the view
// does, and scores it by every bank. The picture is encoded once.
type judge struct {
	encoder     *Encoder
	banks       []*prompts.Bank
	frame       capture.Frame
	observation prompts.Observation
	scores      prompts.Scores
}

// Judges returns n judges, for as many goroutines. The first bank is the live
// one; all have the same tiles. They judge by scores alone, whatever an earlier
// challenge found: by a bank that was insensitive no part would pass, so that nothing
// could be planted.
func (m *Model) Judges(n int, view View, banks ...*prompts.Bank) []challenge.Judge {
	banks = slices.Clone(banks)
	for i, b := range banks {
		banks[i] = b.WithSensitivity(prompts.Sensitivity{})
	}
	all := make([]challenge.Judge, n)
	for i := range all {
		all[i] = &judge{encoder: m.NewEncoder(view), banks: banks}
	}
	return all
}

// Judge implements challenge.Judge.
func (j *judge) Judge(ctx context.Context, p *challenge.Picture, out []challenge.Score) ([]challenge.Score, error) {
	j.frame.Pix, j.frame.Width, j.frame.Height = p.Pix, p.Width, p.Height
	j.observation.Ask(prompts.AllNeeds(j.banks...))
	if err := j.encoder.Encode(ctx, &j.frame, &j.observation); err != nil {
		return nil, err
	}
	for _, bank := range j.banks {
		if err := bank.Score(&j.observation, &j.scores); err != nil {
			return nil, err
		}
		v, _ := verdict.Decide(j.scores.Judged(), bank.Thresholds())
		out = append(out, challenge.Score{Raw: j.scores.Raw, P: j.scores.Defect, Verdict: v})
	}
	return out, nil
}

// textWeights are those that a challenge tries beside the set's own.
func textWeights() []prompts.TextWeight {
	return []prompts.TextWeight{prompts.TextAuto, 0, 0.25, 0.5, 1}
}

// Candidates returns a bank with each text weight worth trying, and one without
// detail where the bank has any, and their names; the first is the bank as it is.
// A set without references has no other: there, text is all it knows.
func (m *Model) Candidates(ctx context.Context, bank *prompts.Bank) ([]*prompts.Bank, []string, error) {
	name := func(weight prompts.TextWeight) string { return fmt.Sprintf("text_weight: %s", weight) }
	banks, names := []*prompts.Bank{bank}, []string{name(bank.Set.TextWeight)}
	if bank.References() == 0 {
		return banks, names, nil
	}
	try := func(name string, set prompts.Set) error {
		other, err := bank.Rebuild(ctx, &set, m.Texts)
		if err != nil {
			return fmt.Errorf("try %s: %w", name, err)
		}
		banks, names = append(banks, other), append(names, name)
		return nil
	}
	for _, weight := range textWeights() {
		if weight == bank.Set.TextWeight {
			continue
		}
		set := *bank.Set
		set.TextWeight = weight
		if err := try(name(weight), set); err != nil {
			return nil, nil, err
		}
	}
	if bank.Detail() > 1 {
		set := *bank.Set
		set.Detail = 1
		if err := try("detail: 1", set); err != nil {
			return nil, nil, err
		}
	}
	return banks, names, nil
}
