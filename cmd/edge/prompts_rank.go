package main

import (
	"context"
	"fmt"

	"pristine/internal/printing"
	"pristine/internal/usage"
	"pristine/prompts"
	"pristine/prompts/rank"
)

type rankCommand struct {
	Set            string `arg:"" type:"asset" placeholder:"SET" help:"Prompt set."`
	dataFlags      `embed:""`
	referenceFlags `embed:""`
	Format         string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	encoderFlags   `embed:""`
}

// Run measures the set without each of its prompts and with each of some that
// it lacks.
func (c *rankCommand) Run(ctx context.Context, s *streams) error {
	if c.Draws != 1 {
		return usage.Error(fmt.Errorf("--draws %d: rank measures one draw of references", c.Draws))
	}
	m, err := openMeasurement(ctx, s, &c.dataFlags, &c.referenceFlags, &c.encoderFlags, c.Set)
	if err != nil {
		return err
	}
	defer m.Close()
	variants := rank.Variants(m.options.Sets[0].Set)
	for _, v := range variants {
		bank, err := prompts.NewBank(ctx, v.Set, m.Texts, m.Info())
		if err == nil && c.References == "" {
			bank, err = m.WithStoredReferences(bank, c.Set)
		}
		if err != nil {
			return err
		}
		m.options.Sets = append(m.options.Sets, bank)
	}
	t, err := m.run(ctx)
	if err != nil {
		return err
	}
	r, err := t.Rank(variants)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printing.JSON(s.out, r)
	}
	r.WriteTable(s.out)
	return nil
}
