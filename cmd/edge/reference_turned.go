package main

import (
	"context"

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
