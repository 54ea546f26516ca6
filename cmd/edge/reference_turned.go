package main

import (
	"context"
	"fmt"
	"slices"

	"pristine/evaluate/dataset"
	"pristine/observe"
	"pristine/prompts"
)

// turn adds the rotated features of the good pictures that are kept, if their files
// are among those given and the features are missing. It runs after pictures were
// selected, and completes those that an earlier run added without.
func (c *referenceAddCommand) turn(ctx context.Context, s *streams, l *observe.Encoder, references *prompts.References, files []string) error {
	by := map[string]string{} // SHA-256
	for _, file := range files {
		sum, err := dataset.Hash(file)
		if err != nil {
			return err
		}
		by[sum] = file
	}
	bar := countBar(s.err, "turning", references.Len())
	for i, p := range references.Pictures() {
		if p.Bad {
			continue
		}
		_ = bar.Add(1)
		file, given := by[p.SHA]
		if !given || len(p.Seen.Turned) > 0 {
			continue
		}
		var o prompts.Observation
		if err := l.ObserveFileTurned(ctx, file, &o); err != nil {
			return err
		}
		if err := references.AddTurned(i, o.Turned); err != nil {
			return err
		}
	}
	return nil
}

// turnedUse reports whether pictures are also compared with rotated references, and
// returns a sentence about it.
func turnedUse(r *prompts.References, option prompts.Turned) (bool, string) {
	use, err := r.TurnedInUse(option)
	switch {
	case err != nil:
		return false, err.Error()
	case use:
		return true, fmt.Sprintf("pictures are compared with them turned, too (turned: %s)", option)
	case option == prompts.TurnedAuto && slices.ContainsFunc(r.Pictures(), keptWithout):
		return false, "turned ones are not in use: some were kept without; add the same pictures again to have them"
	}
	return false, fmt.Sprintf("turned ones are not in use (turned: %s)", option)
}

func keptWithout(p prompts.Reference) bool {
	return !p.Bad && len(p.Seen.Features) > 0 && len(p.Seen.Turned) == 0
}
