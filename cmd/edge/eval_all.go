package main

import (
	"context"
	"errors"
	"fmt"

	"pristine/evaluate/dataset"
	"pristine/internal/printing"
	"pristine/internal/usage"
	"pristine/trial"
)

// all measures the set on every data set below a root.
func (c *evalCommand) all(ctx context.Context, s *streams) error {
	sets, err := dataset.Below(c.Data)
	if err != nil {
		return usage.Error(err)
	}
	references, err := c.referenceFlags.open(s)
	if err == nil && !references.Drawn {
		err = errors.New("--all: references of one part do not fit the others: set how many to draw from each with --references K, 0 for text alone")
	}
	if err != nil {
		return usage.Error(err)
	}
	m, err := openModel(ctx, s, &c.dataFlags, references, &c.encoderFlags, c.Prompts)
	if err != nil {
		return err
	}
	defer m.Close()
	suite, err := trial.Suite(ctx, m, m.options, sets, func(name string, data *dataset.Set) {
		fmt.Fprintf(s.err, "%s: %s, %d pictures\n", name, data.Layout, len(data.Pictures))
		s.warn(data.Warnings, nil)
	})
	if err != nil {
		return err
	}
	if c.Report != "" {
		if err := writePage(c.Report, suite.WriteHTML); err != nil {
			return err
		}
	}
	if c.Format == "json" {
		err = printing.JSON(s.out, suite)
	} else {
		suite.WriteTable(s.out)
	}
	if n := suite.Failed(); err == nil && n > 0 {
		err = fmt.Errorf("%d of %d data sets could not be measured and are not in the mean", n, len(sets))
	}
	return err
}
