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

// judge implements challenge.Judge. It encodes a picture once, as a camera with the view
// does, and scores it by every bank.
type judge struct {
	encoder     *Encoder
	by          pictureEncoder
	banks       []*prompts.Bank
	frame       capture.Frame
	observation prompts.Observation
	scores      prompts.Scores
}

// Judges returns n judges, one per goroutine. The first bank is the live one. All banks
// have the same tiles. Judges ignore what an earlier challenge found: no part passes an
// insensitive bank, so that nothing could be planted.
func (m *Model) Judges(n int, view View, banks ...*prompts.Bank) []challenge.Judge {
	return m.judges(n, m.Images, view, banks)
}

// judges is Judges by the model's encoder of frames or that of files: between two
// changes of a set, the same defects are planted into the same files.
func (m *Model) judges(n int, by pictureEncoder, view View, banks []*prompts.Bank) []challenge.Judge {
	banks = slices.Clone(banks)
	for i, b := range banks {
		banks[i] = b.WithSensitivity(prompts.Sensitivity{})
	}
	all := make([]challenge.Judge, n)
	for i := range all {
		all[i] = &judge{encoder: m.NewEncoder(view), by: by, banks: banks}
	}
	return all
}

// Judge implements challenge.Judge.
func (j *judge) Judge(ctx context.Context, p *challenge.Picture, out []challenge.Score) ([]challenge.Score, error) {
	j.frame.Pix, j.frame.Width, j.frame.Height = p.Pix, p.Width, p.Height
	j.observation.Ask(prompts.AllNeeds(j.banks...))
	if err := j.encoder.encode(ctx, j.by, &j.frame, &j.observation); err != nil {
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

// textWeights returns the weights that a challenge tries in addition to the set's own.
func textWeights() []prompts.TextWeight {
	return []prompts.TextWeight{prompts.TextAuto, 0, 0.25, 0.5, 1}
}

// Candidates returns the variants of a bank that a challenge tries, with their names:
// each text weight, and no detail if the bank has any. The first is the bank itself. A
// set without references has no variants, since text is its only score.
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
