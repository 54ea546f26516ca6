package trial

import (
	"context"
	"fmt"

	"pristine/evaluate/dataset"
	"pristine/prompts"
)

// References configure the references of all sets. The zero value keeps each set's own.
type References struct {
	Files []string // files of good pictures, for all sets
	Drawn bool     // draw K of the good pictures instead, and measure the rest
	K     int
	Draws int    // number of draws; figures are means
	Seed  uint64 // of the first draw
	Text  string // the user's text, for the report
}

type draw struct {
	seed       uint64
	references *prompts.References // nil if each set keeps its own
	measured   []bool              // by picture
}

// open draws or encodes the references.
func (t *Trial) open(ctx context.Context) ([]draw, error) {
	r := &t.options.References
	if r.Drawn {
		return t.drawAll(ctx)
	}
	if r.Draws > 1 {
		return nil, OptionsError{fmt.Errorf("--draws %d: there is nothing to draw: set --references to a number", r.Draws)}
	}
	d := draw{seed: r.Seed, measured: make([]bool, len(t.options.Data.Pictures))}
	for i, p := range t.options.Data.Pictures {
		d.measured[i] = !p.Train
	}
	if len(r.Files) == 0 {
		d.leaveOut(stored(t.options.Sets), t.options.Data.Pictures)
		return []draw{d}, nil
	}
	among := map[string]bool{}
	for _, file := range r.Files {
		if sum, err := dataset.Hash(file); err == nil { // what cannot be read is told when it is encoded
			among[sum] = true
		}
	}
	d.leaveOut(among, t.options.Data.Pictures)
	var err error
	d.references, err = t.learn(ctx, r.Files)
	return []draw{d}, err
}

// learn encodes references for all sets, with the needs of all of them.
func (t *Trial) learn(ctx context.Context, files []string) (*prompts.References, error) {
	needs := t.options.Sets[0].Set.LearnNeeds(len(files))
	for _, b := range t.options.Sets[1:] {
		needs = needs.And(b.Set.LearnNeeds(len(files)))
	}
	return t.encoder.Learn(ctx, files, needs)
}

// stored returns the hashes of the references stored beside any of the sets.
func stored(sets []*prompts.Bank) map[string]bool {
	among := map[string]bool{}
	for _, set := range sets {
		for _, r := range set.ReferencePictures() {
			among[r.SHA] = true
		}
	}
	return among
}

// leaveOut excludes pictures that are references, or copies of one, by hash.
func (d *draw) leaveOut(among map[string]bool, pictures []dataset.Picture) {
	if len(among) == 0 {
		return
	}
	for i, p := range pictures {
		if sum, err := dataset.Hash(p.File); err == nil && among[sum] { // what cannot be read is told when it is encoded
			d.measured[i] = false
		}
	}
}

func (t *Trial) drawAll(ctx context.Context) ([]draw, error) {
	r := &t.options.References
	if r.K < 0 || r.Draws < 1 {
		return nil, OptionsError{fmt.Errorf("--references %d --draws %d: must be 0 or more and 1 or more", r.K, r.Draws)}
	}
	var all []draw
	for n := range r.Draws {
		d := draw{seed: r.Seed + uint64(n), measured: make([]bool, len(t.options.Data.Pictures))}
		references, rest, err := dataset.Draw(t.options.Data.Pictures, r.K, d.seed)
		if err != nil {
			return nil, OptionsError{err}
		}
		for _, i := range rest {
			d.measured[i] = true
		}
		files := make([]string, 0, r.K)
		for _, i := range references {
			files = append(files, t.options.Data.Pictures[i].File)
		}
		if r.K > 0 {
			if d.references, err = t.learn(ctx, files); err != nil {
				return nil, fmt.Errorf("learn the references of draw %d: %w", n+1, err)
			}
		}
		all = append(all, d)
	}
	return all, nil
}
