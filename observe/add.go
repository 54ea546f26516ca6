package observe

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"pristine/evaluate/dataset"
	"pristine/prompts"
)

// Labelled is a picture file with its label.
type Labelled struct {
	File string
	Bad  bool
	Kind string // of the defect of a bad part; "" if it is not known
}

// AddReferences encodes labelled pictures and adds them to references. A bad one that is
// already there gets the new kind. It returns how many it added, and how many were there
// already, by hash. Its error joins those of all files that could not be added; the
// others are added. It calls progress once for each file. Complete adds rotations,
// detail and angles.
func (e *Encoder) AddReferences(ctx context.Context, r *prompts.References, pictures []Labelled, tiles int, progress func()) (added, known int, err error) {
	var failed []error
	for _, l := range pictures {
		progress()
		sum, err := dataset.Hash(l.File)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		p := prompts.Reference{Name: filepath.Base(l.File), SHA: sum, Bad: l.Bad, Kind: l.Kind}
		if at := slices.IndexFunc(r.Pictures(), func(o prompts.Reference) bool { return o.SHA == p.SHA }); at >= 0 {
			switch {
			case r.Pictures()[at].Bad != l.Bad:
				failed = append(failed, fmt.Errorf("add %s: it is a reference of the other kind: remove it first", l.File))
			case l.Kind != "":
				r.SetKind(at, l.Kind)
			}
			known++
			continue
		}
		if err := e.ObserveFile(ctx, l.File, prompts.Needs{Tiles: tiles}, &p.Seen); err != nil {
			failed = append(failed, err)
			continue
		}
		if err := r.AddPicture(p); err != nil {
			return 0, 0, fmt.Errorf("add %s: %w", l.File, err)
		}
		added++
	}
	return added, known, errors.Join(failed...)
}
