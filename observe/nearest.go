package observe

import (
	"context"

	"pristine/prompts"
	"pristine/trial"
)

// starting is the number of pictures that choose a set.
const starting = 8

// lead is the smallest margin, in cosine, of the nearest set over the next. Below it the
// generic set is chosen: naming a wrong part is worse than naming none.
const lead = 0.01

// NearestSet returns the prompt set whose object is nearest to pictures of a part, or
// the generic set for any "part" if no set is clearly the nearest. The sets are files:
// the generic one and at least two others.
func (m *Model) NearestSet(ctx context.Context, sets, pictures []string) (string, error) {
	general := ""
	var files, texts []string
	for _, file := range sets {
		set, err := prompts.Load(file)
		switch {
		case err != nil:
			return "", err
		case set.Object == "part":
			general = file
		default:
			files, texts = append(files, file), append(texts, "a photo of a "+set.Object)
		}
	}
	best, leads, err := m.nearestText(ctx, pictures[:min(len(pictures), starting)], texts)
	if err != nil || leads < lead {
		return general, err
	}
	return files[best], nil
}

// nearestText returns the text that is nearest to the pictures by mean cosine of the
// embeddings, and its margin over the next. There must be at least two texts and one
// picture.
func (m *Model) nearestText(ctx context.Context, files, texts []string) (best int, lead float64, err error) {
	embeddings, err := m.Texts.Encode(ctx, texts)
	if err != nil {
		return 0, 0, err
	}
	sums := make([]float64, len(texts))
	seen := 0
	var failure error
	err = m.ObserveFiles(ctx, files, prompts.Needs{}, func(_ int, _ *trial.Photo, o *prompts.Observation) error {
		seen++
		for i, text := range embeddings {
			for d, v := range text {
				sums[i] += float64(v) * float64(o.Embedding[d])
			}
		}
		return nil
	}, func(_ int, err error) { failure = err }, func() {})
	if err == nil && seen == 0 {
		err = failure
	}
	if err != nil {
		return 0, 0, err
	}
	second := -1
	for i := range sums {
		switch {
		case i == 0:
		case sums[i] > sums[best]:
			best, second = i, best
		case second < 0 || sums[i] > sums[second]:
			second = i
		}
	}
	return best, (sums[best] - sums[second]) / float64(seen), nil
}
