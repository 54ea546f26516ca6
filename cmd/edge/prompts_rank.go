package main

import (
	"context"
	"fmt"

	"pristine/evaluate"
	"pristine/evaluate/report"
	"pristine/prompts"
	"pristine/prompts/rank"
)

type rankCommand struct {
	Set            string `arg:"" placeholder:"SET" help:"Prompt set."`
	dataFlags      `embed:""`
	referenceFlags `embed:""`
	Format         string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	bundleFlag     `embed:""`
}

// rankDraws give the sign of an effect; the interval's third digit needs more.
const rankDraws = 500

// Run measures the set without each of its prompts and with each of some that
// it lacks.
func (c *rankCommand) Run(ctx context.Context, s *streams) error {
	pictures, err := c.open()
	if err != nil {
		return err
	}
	if c.Draws != 1 {
		return usageError{fmt.Errorf("--draws %d: rank measures one draw of references", c.Draws)}
	}
	e, err := openEngine(c.Bundle, throughput())
	if err != nil {
		return err
	}
	defer e.close()
	banks, err := e.banks(ctx, []string{c.Set}, c.References)
	if err != nil {
		return err
	}
	bank := banks[0]
	variants := rank.Variants(bank.Set)
	for _, v := range variants {
		b, err := prompts.NewBank(ctx, v.Set, e.texts, e.info())
		if err == nil && c.References == "" {
			b, err = e.beside(b, c.Set)
		}
		if err != nil {
			return err
		}
		banks = append(banks, b)
	}
	t, err := newTrial(ctx, e, pictures, &c.referenceFlags, banks)
	if err != nil {
		return err
	}
	t.bad.skip = c.SkipUnreadable
	if err := t.measure(ctx, s); err != nil {
		return err
	}
	r, err := c.sum(t, bank, variants)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return writeJSON(s.out, r)
	}
	r.WriteTable(s.out)
	return nil
}

func (c *rankCommand) sum(t *trial, bank *prompts.Bank, variants []rank.Variant) (*report.Ranking, error) {
	base := t.outcomes[0][0].Outcomes
	good, bad := evaluate.Raw(base)
	r := &report.Ranking{PromptSet: bank.Set.Name, AUROC: evaluate.AUROC(good, bad), Good: len(good), Bad: len(bad)}
	for i, v := range variants {
		with, without := t.outcomes[i+1][0].Outcomes, base
		if v.Change == rank.Drop {
			with, without = base, with
		}
		d, err := evaluate.Compare(without, with, rankDraws, c.Seed)
		if err != nil {
			return nil, err
		}
		effect := report.Effect{Class: v.Class, Kind: string(v.Kind), Prompt: v.Prompt, AUROC: d.BMinusA, Interval: d.Interval}
		if v.Change == rank.Drop {
			r.Prompts = append(r.Prompts, effect)
		} else {
			r.Candidate = append(r.Candidate, effect)
		}
	}
	r.Sort()
	return r, nil
}
