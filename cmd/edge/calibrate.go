package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"pristine/evaluate"
	"pristine/evaluate/report"
	"pristine/prompts"
)

type calibrateCommand struct {
	Set        string `arg:"" placeholder:"SET" help:"Prompt set; thresholds, calibration and validation are written into it, and its comments stay."`
	dataFlags  `embed:""`
	Target     []string `required:"" sep:"none" placeholder:"TARGET" help:"What to keep, such as \"overkill<=1%\" or \"escape<=0.5%\"; may be repeated."`
	References string   `placeholder:"DIR" help:"Folder of the good pictures that the camera is given as references, not among those of --good; default: the set's own."`
	DryRun     bool     `help:"Write nothing."`
	Halves     int      `placeholder:"N" help:"Also calibrate N random halves of the pictures, and tell how often the other half did as expected."`
	Seed       uint64   `default:"1" placeholder:"N" help:"Seed that deals the pictures to the folds (default: ${default})."`
	Format     string   `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	bundleFlag `embed:""`
}

func (c *calibrateCommand) Run(ctx context.Context, s *streams) error {
	targets, err := parseTargets(c.Target)
	if err != nil {
		return usageError{err}
	}
	pictures, err := c.open()
	if err != nil {
		return err
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
	t, err := newTrial(ctx, e, pictures, &referenceFlags{References: c.References, Draws: 1}, banks)
	if err != nil {
		return err
	}
	t.bad.skip = c.SkipUnreadable
	if err := t.measure(ctx, s); err != nil {
		return err
	}
	outcomes := t.outcomes[0][0].Outcomes
	switch n := unknown(outcomes); {
	case n == len(outcomes):
		return fmt.Errorf("calibrate %s: all %d pictures are REVIEW unknown: the set says nothing of their condition: name the states of the part in its prompts (edge prompts lint); or the references show another part", c.Set, n)
	case n*maxUnknown > len(outcomes):
		return fmt.Errorf("calibrate %s: %d of %d pictures are REVIEW unknown: they show something else than the references: remove those of another part, or add references that look like them", c.Set, n, len(outcomes))
	}
	good, bad := evaluate.Raw(outcomes)
	chosen, err := evaluate.Calibrate(good, bad, targets, c.Seed)
	if err != nil {
		return fmt.Errorf("calibrate %s: %w", c.Set, err)
	}
	r := report.NewCalibration(chosen)
	if c.Halves > 0 {
		halves, err := evaluate.CheckHalves(good, bad, targets, c.Halves, c.Seed)
		if err != nil {
			return fmt.Errorf("calibrate %s: %w", c.Set, err)
		}
		r.Halves = &halves
	}
	if err := c.write(s, r); err != nil {
		return err
	}
	if c.DryRun {
		return c.say(s, "nothing was written: --dry-run")
	}
	if err := c.record(t, bank, chosen, outcomes); err != nil {
		return err
	}
	return c.tell(ctx, s, t)
}

// maxUnknown is how many pictures there must be for each unknown one: of broken
// parts one in a hundred, of bottles in pieces one in twenty looks like something
// else, and no threshold changes its verdict.
const maxUnknown = 10

// tell says whether the set, as it is now, is armed.
func (c *calibrateCommand) tell(ctx context.Context, s *streams, t *trial) error {
	bank, err := t.engine.bankWith(ctx, c.Set, c.References)
	if err != nil {
		return err
	}
	return c.say(s, "written into %s; the set is %s", c.Set, arming(bank))
}

func parseTargets(texts []string) ([]evaluate.Target, error) {
	targets := make([]evaluate.Target, 0, len(texts))
	var errs []error
	for _, text := range texts {
		target, err := evaluate.ParseTarget(text)
		targets, errs = append(targets, target), append(errs, err)
	}
	return targets, errors.Join(errs...)
}

func unknown(outcomes []evaluate.Outcome) int {
	n := 0
	for _, o := range outcomes {
		if o.Unknown {
			n++
		}
	}
	return n
}

func (c *calibrateCommand) write(s *streams, r *report.Calibration) error {
	if c.Format == "json" {
		return writeJSON(s.out, r)
	}
	r.WriteTable(s.out)
	return nil
}

// say tells people what happened to the file, beside the JSON too.
func (c *calibrateCommand) say(s *streams, format string, args ...any) error {
	_, err := fmt.Fprintf(s.err, format+"\n", args...)
	return err
}

// record writes thresholds, calibration and the validation into the set.
func (c *calibrateCommand) record(t *trial, bank *prompts.Bank, chosen *evaluate.Calibration, outcomes []evaluate.Outcome) error {
	sums := make([]string, 0, len(outcomes))
	for _, o := range outcomes {
		sum, err := hashFile(o.File)
		if err != nil {
			return err
		}
		sums = append(sums, sum)
	}
	rate := func(s evaluate.Share) prompts.Rate {
		return prompts.Rate{Rate: round(s.Rate), Low: round(s.Interval[0]), High: round(s.Interval[1])}
	}
	v := prompts.Validation{
		Date: time.Now().Format(time.DateOnly), Passed: true, Targets: chosen.Targets, Bundle: t.engine.bundle.Hash, Set: bank.Set.Hash(),
		Pictures: prompts.Pictures{Good: chosen.Overkill.N, Bad: chosen.Escape.N, SHA256: prompts.HashPictures(sums)},
		Overkill: rate(chosen.Overkill), Escape: rate(chosen.Escape),
	}
	if v.References = bank.ReferencesHash(); t.draws[0].references != nil {
		v.References = t.draws[0].references.Hash()
	}
	return prompts.Record(c.Set, v, &prompts.Calibration{Slope: chosen.Platt.Slope, Offset: chosen.Platt.Offset}, prompts.Thresholds(chosen.Thresholds))
}

// round keeps what people can compare in a file.
func round(rate float64) float64 { return math.Round(rate*1e6) / 1e6 }

func hashFile(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("hash picture: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
