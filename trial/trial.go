package trial

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pristine/evaluate"
	"pristine/evaluate/dataset"
	"pristine/evaluate/report"
	"pristine/names"
	"pristine/prompts"
)

// Photo is a decoded picture.
type Photo struct {
	Pix           []byte // BGR, packed
	Width, Height int
	Cues          evaluate.Cues
}

// Encoder makes observations of picture files.
type Encoder interface {
	// Open decodes a file.
	Open(file string) (Photo, error)
	// Learn encodes references from good pictures, with the given needs.
	Learn(ctx context.Context, files []string, needs prompts.Needs) (*prompts.References, error)
	// Observe encodes each file, and what is needed of it, and hands the
	// observations over one at a time, in order; use may keep nothing. A file
	// that cannot be read goes to failed instead.
	Observe(ctx context.Context, files []string, needs prompts.Needs, use func(i int, p *Photo, o *prompts.Observation) error, failed func(i int, err error)) error
}

// Options say what is measured.
type Options struct {
	Data           *dataset.Set
	Sets           []*prompts.Bank // all with the same tiles
	References     References
	SkipUnreadable bool
	Bundle         string // its name, for the report
	BundleHash     string
}

// OptionsError is wrapped by an error that is returned if the options are invalid for
// any pictures.
type OptionsError struct{ error }

// Unwrap returns the cause.
func (e OptionsError) Unwrap() error { return e.error }

// Trial is a measurement.
type Trial struct {
	options Options
	encoder Encoder
	draws   []draw
	banks   [][]*prompts.Bank // [set][draw]
	leftOut []string          // unreadable files

	outcomes [][]report.Draw // [set][draw]
	maps     map[string]report.Heat
	pixels   evaluate.Pixels
	masks    int
	noMask   int
	looks    []names.Example // of the first set and draw: bad pictures with a kind
}

// Run scores every picture with every set, in each draw of references.
func Run(ctx context.Context, e Encoder, o Options) (*Trial, error) {
	t := &Trial{options: o, encoder: e, maps: map[string]report.Heat{}}
	var err error
	if t.draws, err = t.open(ctx); err != nil {
		return nil, err
	}
	if t.banks, err = t.withReferences(); err != nil {
		return nil, err
	}
	return t, t.measure(ctx)
}

func (t *Trial) measure(ctx context.Context) error {
	t.outcomes = make([][]report.Draw, len(t.banks))
	for i := range t.outcomes {
		for k, d := range t.draws {
			t.outcomes[i] = append(t.outcomes[i], report.Draw{Seed: d.seed, Turned: t.banks[i][k].Turned(), Angles: t.banks[i][k].Angles(), Detail: t.banks[i][k].Detail()})
		}
	}
	files, at := t.files()
	var scores prompts.Scores
	var failed []error
	err := t.encoder.Observe(ctx, files, prompts.AllNeeds(slices.Concat(t.banks...)...), func(i int, p *Photo, o *prompts.Observation) error {
		for set := range t.banks {
			if err := t.score(set, at[i], p, o, &scores); err != nil {
				return err
			}
		}
		return nil
	}, func(i int, err error) { t.leftOut, failed = append(t.leftOut, files[i]), append(failed, err) })
	if err == nil && len(failed) > 0 && !t.options.SkipUnreadable {
		err = fmt.Errorf("%w\n%d pictures cannot be read: repair or remove them, or measure without them with --skip-unreadable", errors.Join(failed...), len(failed))
	}
	return err
}

// score adds the outcomes of a picture with a set, in each draw.
func (t *Trial) score(set int, picture int, p *Photo, o *prompts.Observation, s *prompts.Scores) error {
	labelled := &t.options.Data.Pictures[picture]
	for draw, bank := range t.banks[set] {
		if !t.draws[draw].measured[picture] {
			continue
		}
		if err := bank.Score(o, s); err != nil {
			return fmt.Errorf("%s: %w", labelled.File, err)
		}
		d := &t.outcomes[set][draw]
		d.Outcomes = append(d.Outcomes, NewOutcome(labelled, s, p.Cues))
		if set == 0 && draw == 0 {
			if labelled.Bad && labelled.Defect != "" {
				t.looks = append(t.looks, names.Example{Kind: labelled.Defect, Looks: bank.LooksOf(o, s)})
			}
			if err := t.keepMap(labelled, bank, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// NewOutcome returns the outcome of a labelled picture.
func NewOutcome(p *dataset.Picture, s *prompts.Scores, cues evaluate.Cues) evaluate.Outcome {
	return evaluate.Outcome{File: p.File, Bad: p.Bad, Defect: p.Defect, Raw: s.Raw, P: s.Defect, ReviewShare: s.ReviewShare, Unknown: s.Unknown, Accepted: s.Accepted, Top: s.Name.Defect, Cues: cues}
}

// files returns the pictures that any draw measures, with their indices.
func (t *Trial) files() (files []string, at []int) {
	for i, p := range t.options.Data.Pictures {
		if slices.ContainsFunc(t.draws, func(d draw) bool { return d.measured[i] }) {
			files, at = append(files, p.File), append(at, i)
		}
	}
	return files, at
}

// withReferences returns each set's banks with the references of each draw, if any.
func (t *Trial) withReferences() ([][]*prompts.Bank, error) {
	all := make([][]*prompts.Bank, len(t.options.Sets))
	for i, set := range t.options.Sets {
		for _, d := range t.draws {
			bank := set
			if d.references != nil {
				var err error
				if bank, err = set.WithReferences(d.references); err != nil {
					return nil, err
				}
			}
			all[i] = append(all[i], bank)
		}
	}
	return all, nil
}

// Outcomes returns the outcomes of a set in the first draw.
func (t *Trial) Outcomes(set int) []evaluate.Outcome { return t.outcomes[set][0].Outcomes }
