package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"pristine/internal/progress"
	"pristine/observe"
	"pristine/prompts"
)

// complete adds what the set compares beside the kept pictures as they are: their
// detail, and what they show turned. It does so only now that it is known which
// are kept. Files of before may have pictures without: their files must be among
// those given.
func (c *referenceAddCommand) complete(ctx context.Context, s *streams, l *observe.Encoder, references *prompts.References, set *prompts.Set, files []string) error {
	by, err := observe.FilesByHash(files)
	if err != nil {
		return err
	}
	bar := progress.Count(s.err, "comparing", len(references.Pictures()))
	return l.Complete(ctx, references, set, by, func() { _ = bar.Add(1) })
}

// turnedUse reports whether pictures are also compared with rotated references, and
// returns a sentence about it.
func turnedUse(r *prompts.References, option prompts.Turned) (bool, string) {
	every, err := r.AnglesInUse(option)
	if every {
		return true, fmt.Sprintf("pictures are compared with them at %d angles (turned: %s), as fast as with quarter turns", 1+len(prompts.Angles()), option)
	}
	use, turnedErr := r.TurnedInUse(option)
	err = errors.Join(err, turnedErr)
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

// detailUse returns the detail at which pictures are compared with the references, and
// a sentence about what that costs a frame.
func detailUse(r *prompts.References, option prompts.Detail) (int, string) {
	detail, why := r.DetailInUse(option)
	words := fmt.Sprintf("detail %d (detail: %s): a frame takes %s", detail, option, encodes(detail))
	if why != "" {
		words += "; " + why
	}
	return detail, words
}

func encodes(detail int) string {
	if n := prompts.Detail(detail).Encodes(); n > 1 {
		return fmt.Sprintf("%d encodes", n)
	}
	return "1 encode"
}

// measured says how long encoding takes here at that detail, beside detail 1.
func measured(whole, frame time.Duration) string {
	return fmt.Sprintf("measured here: %.0f ms to encode a frame, %.1f times as long as at detail 1", 1000*frame.Seconds(), float64(frame)/float64(whole))
}
