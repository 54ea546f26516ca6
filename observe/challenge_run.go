package observe

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pristine/capture/opencv"
	"pristine/challenge"
	"pristine/evaluate/dataset"
	"pristine/internal/polygon"
	"pristine/internal/usage"
	"pristine/prompts"
)

// Challenge describes a challenge: its bank and its pictures.
type Challenge struct {
	Bank       *prompts.Bank // with its references, unless K is above 0
	View       View
	Pictures   []dataset.Picture // good ones to plant into; bad ones, if any, only for comparison
	K          int               // number of references to draw from the good pictures; 0: none
	Most       int               // largest number of good pictures to plant into; 0: all
	Kinds      []challenge.Kind
	Sizes      []int
	Seed       uint64
	MMPerPixel float64
	Choose     bool // also try other settings
	Workers    int
	Progress   func(done, total int)
}

// Challenge plants defects into good pictures and reports what the bank finds.
func (m *Model) Challenge(ctx context.Context, c *Challenge) (*challenge.Report, *challenge.Outcome, error) {
	bank, pictures, err := m.challenged(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	banks, names := []*prompts.Bank{bank}, []string(nil)
	if c.Choose {
		if banks, names, err = m.Candidates(ctx, bank); err != nil {
			return nil, nil, err
		}
	}
	judges := m.judges(max(c.Workers, 1), m.ofFiles(), c.View, banks)
	good, err := m.planted(c, pictures)
	if err != nil {
		return nil, nil, err
	}
	out, err := challenge.Run(ctx, good, challenge.Options{Judges: judges, Kinds: c.Kinds, Sizes: c.Sizes, Seed: c.Seed, Progress: c.Progress})
	if errors.Is(err, challenge.ErrSize) {
		return nil, nil, usage.Error(err)
	}
	if err != nil {
		return nil, nil, err
	}
	r := out.Figures(c.MMPerPixel)
	r.PromptSet, r.Bundle, r.BundleHash = bank.Set.Name, m.Bundle.Manifest.Name, m.Bundle.Hash
	r.References, r.Thresholds = bank.References(), bank.Thresholds()
	if c.Choose {
		r.Choice = out.Choose(names)
		if err := m.compareReal(ctx, judges[0], c.View, pictures, r.Choice); err != nil {
			return nil, nil, err
		}
	}
	return r, out, nil
}

// challenged returns the bank with its references, and the remaining pictures.
func (m *Model) challenged(ctx context.Context, c *Challenge) (*prompts.Bank, []dataset.Picture, error) {
	if c.K == 0 {
		among := map[string]bool{}
		for _, r := range c.Bank.ReferencePictures() {
			among[r.SHA], among[r.Name] = true, true
		}
		rest := slices.DeleteFunc(slices.Clone(c.Pictures), func(p dataset.Picture) bool {
			sum, err := dataset.Hash(p.File)
			return among[p.File] || err == nil && among[sum]
		})
		return c.Bank, rest, nil
	}
	drawn, rest, err := dataset.Draw(c.Pictures, c.K, c.Seed)
	if err != nil {
		return nil, nil, usage.Error(err)
	}
	var files []string
	for _, i := range drawn {
		files = append(files, c.Pictures[i].File)
	}
	references, err := m.LearnReferences(ctx, c.View, files, c.Bank.Set.LearnNeeds(len(files)))
	if err != nil {
		return nil, nil, err
	}
	bank, err := c.Bank.WithReferences(references)
	if err != nil {
		return nil, nil, err
	}
	pictures := make([]dataset.Picture, 0, len(rest))
	for _, i := range rest {
		pictures = append(pictures, c.Pictures[i])
	}
	return bank, pictures, nil
}

// planted opens at most Most of the good pictures, evenly chosen.
func (m *Model) planted(c *Challenge, pictures []dataset.Picture) ([]*challenge.Picture, error) {
	files := []string{}
	for _, p := range pictures {
		if !p.Bad {
			files = append(files, p.File)
		}
	}
	n := len(files)
	if c.Most > 0 {
		n = min(n, c.Most)
	}
	if n == 0 {
		return nil, usage.Error(errors.New("challenge: all good pictures are references: add more of them with --good"))
	}
	all := make([]*challenge.Picture, n)
	for i := range all {
		p, err := OpenChallenged(files[i*len(files)/n], c.View)
		if err != nil {
			return nil, err
		}
		all[i] = p
	}
	return all, nil
}

// OpenChallenged opens a picture file for planting within the view.
func OpenChallenged(file string, view View) (*challenge.Picture, error) {
	pix, width, height, err := opencv.DecodeFile(file)
	if err != nil {
		return nil, err
	}
	return view.Challenged(file, pix, width, height), nil
}

// Challenged returns a picture for planting within the view. It does not copy the
// pixels.
func (v View) Challenged(name string, pix []byte, width, height int) *challenge.Picture {
	p := &challenge.Picture{Name: name, Pix: pix, Width: width, Height: height, Region: v.Pixels(width, height)}
	if len(v.Polygon) > 0 {
		p.Mask = polygon.Draw(v.Polygon, width, height)
	}
	return p
}

// compareReal scores real defects by all candidates, if there are any.
func (m *Model) compareReal(ctx context.Context, judge challenge.Judge, view View, pictures []dataset.Picture, choice *challenge.Choice) error {
	if !slices.ContainsFunc(pictures, func(p dataset.Picture) bool { return p.Bad }) {
		return nil
	}
	var good, bad [][]challenge.Score
	for _, p := range pictures {
		picture, err := OpenChallenged(p.File, view)
		if err != nil {
			return err
		}
		scores, err := judge.Judge(ctx, picture, nil)
		switch {
		case err != nil:
			return fmt.Errorf("judge %s: %w", p.File, err)
		case p.Bad:
			bad = append(bad, scores)
		default:
			good = append(good, scores)
		}
	}
	choice.Compare(good, bad)
	return nil
}
