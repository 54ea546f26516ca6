package trial

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"pristine/evaluate"
	"pristine/evaluate/dataset"
	"pristine/evaluate/report"
	"pristine/prompts"
)

// maxUnknown is the smallest number of pictures per unknown one. One in a hundred broken
// parts, and one in twenty broken bottles, look like something else, and no threshold
// changes their verdict.
const maxUnknown = 10

// ErrUnknown is wrapped by an error that is returned if so many pictures are REVIEW
// unknown that thresholds hardly matter.
var ErrUnknown = errors.New("too many pictures are REVIEW unknown")

// Calibrate chooses the thresholds of the first set for targets. With halves above 0 it
// also calibrates that many random halves of the pictures and checks them on the other
// halves.
func (t *Trial) Calibrate(targets []evaluate.Target, halves int, seed uint64) (*report.Calibration, error) {
	outcomes := t.Outcomes(0)
	if err := fewUnknown(outcomes); err != nil {
		return nil, err
	}
	good, bad := evaluate.Raw(outcomes)
	chosen, err := evaluate.Calibrate(good, bad, targets, seed)
	if err != nil {
		return nil, err
	}
	r := report.NewCalibration(chosen)
	if halves > 0 {
		checked, err := evaluate.CheckHalves(good, bad, targets, halves, seed)
		if err != nil {
			return nil, err
		}
		r.Halves = &checked
	}
	return r, nil
}

func fewUnknown(outcomes []evaluate.Outcome) error {
	n := 0
	for _, o := range outcomes {
		if o.Unknown {
			n++
		}
	}
	switch {
	case n > 0 && n == len(outcomes):
		return fmt.Errorf("%w, all %d of them: the set does not describe a condition: name the states of the part in its prompts (edge prompts lint); or the references show another part", ErrUnknown, n)
	case n*maxUnknown > len(outcomes):
		return fmt.Errorf("%w, %d of %d: they show something else than the references: remove those of another part, or add references that look like them", ErrUnknown, n, len(outcomes))
	}
	return nil
}

// Recorded returns the bank of the first set with its file in its current state and the
// references of the measurement.
func (t *Trial) Recorded(ctx context.Context, file string, texts prompts.TextEncoder) (*prompts.Bank, error) {
	set, err := prompts.Load(file)
	if err != nil {
		return nil, err
	}
	return t.banks[0][0].Rebuild(ctx, set, texts)
}

// Record writes thresholds, calibration and the validation into the set's file, with the
// date of now.
func (t *Trial) Record(file string, c *report.Calibration, now time.Time) error {
	outcomes := t.Outcomes(0)
	sums := make([]string, 0, len(outcomes))
	for _, o := range outcomes {
		sum, err := dataset.Hash(o.File)
		if err != nil {
			return err
		}
		sums = append(sums, sum)
	}
	bank := t.banks[0][0]
	v := prompts.Validation{
		Date: now.Format(time.DateOnly), Passed: true, Targets: c.Targets, Bundle: t.options.BundleHash, Set: bank.Set.Hash(), References: bank.ReferencesHash(),
		Pictures: prompts.Pictures{Good: c.Overkill.N, Bad: c.Escape.N, SHA256: prompts.HashPictures(sums)},
		Overkill: rate(c.Overkill), Escape: rate(c.Escape),
	}
	return prompts.Record(file, v, &prompts.Calibration{Slope: c.Platt.Slope, Offset: c.Platt.Offset}, c.Thresholds)
}

func rate(s evaluate.Share) prompts.Rate {
	return prompts.Rate{Rate: round(s.Rate), Low: round(s.Interval[0]), High: round(s.Interval[1])}
}

// round rounds to digits that people can compare in a file.
func round(rate float64) float64 { return math.Round(rate*1e6) / 1e6 }
