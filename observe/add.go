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

// AddReferences encodes pictures of good or bad parts and adds them to references.
// It returns how many it added, and how many were known by their hash. Its error
// holds every file that could not be added; the others are. Progress is called once
// for each file. What a set compares beside whole pictures is added by Complete.
func (e *Encoder) AddReferences(ctx context.Context, r *prompts.References, files []string, bad bool, tiles int, progress func()) (added, known int, err error) {
	var failed []error
	for _, file := range files {
		progress()
		sum, err := dataset.Hash(file)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		p := prompts.Reference{Name: filepath.Base(file), SHA: sum, Bad: bad}
		if at := slices.IndexFunc(r.Pictures(), func(o prompts.Reference) bool { return o.SHA == p.SHA }); at >= 0 {
			if r.Pictures()[at].Bad != bad {
				failed = append(failed, fmt.Errorf("add %s: it is kept as the other kind: remove it first", file))
			}
			known++
			continue
		}
		if err := e.ObserveFile(ctx, file, prompts.Needs{Tiles: tiles}, &p.Seen); err != nil {
			failed = append(failed, err)
			continue
		}
		if err := r.AddPicture(p); err != nil {
			return 0, 0, fmt.Errorf("add %s: %w", file, err)
		}
		added++
	}
	return added, known, errors.Join(failed...)
}
