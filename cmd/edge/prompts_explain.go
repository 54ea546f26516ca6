package main

import (
	"context"

	"pristine/internal/printing"
	"pristine/internal/scored"
	"pristine/observe"
	"pristine/prompts"
	"pristine/trial"
)

type explainCommand struct {
	Set          string `arg:"" type:"asset" placeholder:"SET" help:"Prompt set."`
	Picture      string `arg:"" placeholder:"PICTURE" help:"Picture file."`
	References   string `placeholder:"DIR" help:"Folder of good pictures of the same part; default: the references beside the set, if any."`
	Map          string `placeholder:"FILE.png" help:"Also write a heat map of the defect score."`
	Format       string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	encoderFlags `embed:""`
}

// Run explains why a picture gets its score.
func (c *explainCommand) Run(ctx context.Context, s *streams) error {
	e, bank, err := openBank(ctx, s, &c.encoderFlags, c.Set, c.References)
	if err != nil {
		return err
	}
	defer e.Close()
	shot, err := observe.OpenPhoto(c.Picture)
	if err != nil {
		return err
	}
	var seen [1]observe.Observed
	if err := e.EncodePhotos(ctx, []trial.Photo{shot}, bank.Needs(), seen[:]); err != nil {
		return err
	}
	var scores prompts.Scores
	if err := bank.Score(&seen[0].Observation, &scores); err != nil {
		return err
	}
	x, err := scored.Explain(e, bank, c.Picture, &seen[0].Observation, &scores)
	if err != nil {
		return err
	}
	x.Map = c.Map
	if c.Map != "" {
		if err := scored.WriteMap(c.Map, &shot, bank, &scores); err != nil {
			return err
		}
	}
	if c.Format == "json" {
		return printing.JSON(s.out, x)
	}
	x.WriteText(s.out)
	scored.WriteShadow(s.out, bank)
	return nil
}
