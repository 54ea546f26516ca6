package main

import (
	"context"
	"fmt"

	"pristine/capture/testline/photos"
	"pristine/internal/progress"
)

type testlineCommand struct {
	Dir        string  `arg:"" help:"Output folder for references/, good/ and bad/DEFECT/, none of which may exist yet."`
	Parts      int     `default:"120" placeholder:"N" help:"Parts to photograph (default: ${default})."`
	Seed       uint64  `default:"1" placeholder:"N" help:"Seed of the belt (default: ${default})."`
	References int     `default:"8" placeholder:"N" help:"How many of the first good parts go into references/ (default: ${default})."`
	Kind       string  `enum:"flange,cap,gear,board" default:"flange" help:"flange, cap, gear or board (default: ${default})."`
	DefectRate float64 `default:"0.3" placeholder:"RATE" help:"Share of defective parts, 0 to 1 (default: ${default})."`
}

// Run photographs each part of the built-in line once, wholly in view.
func (c *testlineCommand) Run(ctx context.Context, s *streams) error {
	bar := progress.Count(s.err, "photographing", c.Parts)
	n, err := photos.Write(ctx, c.Dir, photos.Options{
		Parts: c.Parts, Seed: c.Seed, References: c.References, Kind: c.Kind, DefectRate: c.DefectRate,
	}, progress.Advance(bar))
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s: %d good pictures in references, %d in good, %d bad ones in bad\n", c.Dir, n.References, n.Good, n.Bad)
	return nil
}
