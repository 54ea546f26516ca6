package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/schollz/progressbar/v3"

	"pristine/evaluate"
	"pristine/infer"
	"pristine/prompts"
)

type evalCommand struct {
	Good       []string `required:"" placeholder:"DIR" help:"Folder of good pictures, read recursively; may be repeated."`
	Bad        []string `required:"" placeholder:"DIR" help:"Folder of bad pictures, read recursively; may be repeated."`
	Prompts    string   `default:"configs/prompts/part.yaml" placeholder:"SET" help:"Prompt set (default: ${default})."`
	References string   `placeholder:"DIR" help:"Folder of good pictures of the same part, not among those of --good."`
	Format     string   `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	bundleFlag `embed:""`
}

// evaluation is the JSON of eval. Rates are in [0, 1].
type evaluation struct {
	AUROC            float64    `json:"auroc"`
	AveragePrecision float64    `json:"average_precision"`
	F1Max            float64    `json:"f1_max"`
	Good             int        `json:"good"`
	Bad              int        `json:"bad"`
	Overkill         float64    `json:"overkill"` // good parts at or above the fail threshold
	OverkillInterval [2]float64 `json:"overkill_interval_95"`
	Escape           float64    `json:"escape"` // bad parts below the review threshold
	EscapeInterval   [2]float64 `json:"escape_interval_95"`
	Unknown          int        `json:"unknown"`
	Bundle           string     `json:"bundle"`
	PromptSet        string     `json:"prompt_set"`
	References       string     `json:"references,omitempty"`
}

func (c *evalCommand) Run(ctx context.Context, s *streams) error {
	good, err := expand(c.Good)
	if err != nil {
		return usageError{err}
	}
	bad, err := expand(c.Bad)
	if err != nil {
		return usageError{err}
	}
	e, err := openEngine(c.Bundle, infer.Options{})
	if err != nil {
		return err
	}
	defer e.close()
	bank, err := e.bankWith(ctx, c.Prompts, c.References)
	if err != nil {
		return err
	}
	bar := progressbar.NewOptions(len(good)+len(bad), progressbar.OptionSetWriter(s.err), progressbar.OptionSetDescription("scoring"),
		progressbar.OptionShowCount(), progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish())
	goodScores, err := e.scoreAll(ctx, bank, good, bar)
	if err != nil {
		return err
	}
	badScores, err := e.scoreAll(ctx, bank, bad, bar)
	if err != nil {
		return err
	}
	result := judge(goodScores, badScores, bank.Set.Thresholds)
	result.Bundle, result.PromptSet, result.References = e.bundle.Manifest.Name, bank.Set.Name, c.References
	if c.Format == "json" {
		return writeJSON(s.out, result)
	}
	result.print(s.out)
	return nil
}

// pictureScore is what eval keeps of a picture.
type pictureScore struct {
	raw, defect float64
	unknown     bool
}

func (e *engine) scoreAll(ctx context.Context, bank *prompts.Bank, files []string, bar *progressbar.ProgressBar) ([]pictureScore, error) {
	l, scores := newLens(e, nil), prompts.Scores{}
	all := make([]pictureScore, 0, len(files))
	var failed []error
	for _, file := range files {
		var o prompts.Observation
		err := l.observe(ctx, file, &o)
		if err == nil {
			err = bank.Score(&o, &scores)
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		all = append(all, pictureScore{scores.Raw, scores.Defect, scores.Unknown})
		_ = bar.Add(1)
	}
	// A figure that silently leaves pictures out is a wrong figure.
	return all, errors.Join(failed...)
}

func judge(good, bad []pictureScore, t prompts.Thresholds) *evaluation {
	raw := func(scores []pictureScore) []float64 {
		v := make([]float64, len(scores))
		for i, s := range scores {
			v[i] = s.raw
		}
		return v
	}
	g, b := raw(good), raw(bad)
	r := &evaluation{AUROC: evaluate.AUROC(g, b), AveragePrecision: evaluate.AveragePrecision(g, b), Good: len(good), Bad: len(bad)}
	r.F1Max, _ = evaluate.F1Max(g, b)
	overkill, escape := 0, 0
	for _, s := range good {
		if !s.unknown && s.defect >= t.Fail {
			overkill++
		}
	}
	for _, s := range bad {
		if !s.unknown && s.defect < t.Review {
			escape++
		}
	}
	for _, s := range append(append([]pictureScore(nil), good...), bad...) {
		if s.unknown {
			r.Unknown++
		}
	}
	r.Overkill, r.Escape = float64(overkill)/float64(max(len(good), 1)), float64(escape)/float64(max(len(bad), 1))
	r.OverkillInterval[0], r.OverkillInterval[1] = evaluate.ClopperPearson(overkill, len(good))
	r.EscapeInterval[0], r.EscapeInterval[1] = evaluate.ClopperPearson(escape, len(bad))
	return r
}

func (r *evaluation) print(w io.Writer) {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.AppendRows([]table.Row{
		{"Good / bad pictures", fmt.Sprintf("%d / %d", r.Good, r.Bad)},
		{"AUROC", fmt.Sprintf("%.4f", r.AUROC)},
		{"Average precision", fmt.Sprintf("%.4f", r.AveragePrecision)},
		{"F1-max", fmt.Sprintf("%.4f", r.F1Max)},
		{"Overkill (good that FAIL)", rate(r.Overkill, r.OverkillInterval)},
		{"Escape (bad that PASS)", rate(r.Escape, r.EscapeInterval)},
	})
	t.Render()
	if need := evaluate.PartsToClaim(0.01); r.Good < need {
		fmt.Fprintf(w, "To claim an overkill of 1 %% or less takes at least %d good pictures: %d more.\n", need, need-r.Good)
	}
	if r.Unknown > 0 {
		fmt.Fprintf(w, "%d pictures are REVIEW unknown: the prompts say nothing of a part's condition.\n", r.Unknown)
	}
}

func rate(share float64, interval [2]float64) string {
	percent := func(v float64) float64 { return math.Round(v*1000) / 10 }
	return fmt.Sprintf("%.1f %% (95 %% interval %.1f to %.1f %%)", percent(share), percent(interval[0]), percent(interval[1]))
}
