package main

import (
	"context"
	"errors"
	"fmt"

	"pristine/agent/bench"
	"pristine/capture/address"
	"pristine/infer"
	"pristine/internal/progress"
	"pristine/internal/usage"
	"pristine/prompts"
)

type benchCommand struct {
	Source       address.Address `default:"testline://?fps=0" placeholder:"URI" help:"Video, folder or camera to take frames from; a file is read again from its start as often as needed (default: ${default})."`
	Frames       int             `default:"200" help:"Frames per camera (default: ${default})."`
	Cameras      int             `default:"1" help:"Cameras at once; each opens the source itself (default: ${default})."`
	Learn        int             `default:"4" help:"Number of frames to use as references; 0: score by text alone (default: ${default})."`
	Fail         float64         `default:"0" placeholder:"SHARE" help:"Share of results to count as FAIL, 0 to 1; their pictures are stored, too (default: ${default})."`
	Detail       prompts.Detail  `enum:"auto,1,2,3" default:"1" help:"Detail of the comparison, instead of the set's: auto, 1, 2 or 3 (default: ${default})."`
	Threads      int             `default:"0" help:"Threads of ONNX Runtime; 0: one per core."`
	Prompts      string          `type:"asset" default:"configs/prompts/part.yaml" placeholder:"SET" help:"Prompt set (default: ${default})."`
	Compare      string          `placeholder:"FILE" help:"Compare with an earlier result, written with --format json."`
	MaxSlowdown  float64         `default:"-1" placeholder:"PERCENT" help:"With --compare: exit with code 1 if a frame takes more core time by more than this (default: no limit)."`
	Format       string          `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	encoderFlags `embed:""`
}

// Help is shown by `edge bench --help`.
func (benchCommand) Help() string {
	return "Measures in one run each stage by itself, the bare ONNX Runtime session, and the whole pipeline. Results are stored as a running agent does it: hash, pictures and evidence of FAIL (--fail), event. " +
		"Core time is summed over all cores. Compare ratios of one run: machines are noisy."
}

func (c *benchCommand) Run(ctx context.Context, s *streams) error {
	if c.Frames < 1 || c.Cameras < 1 || c.Learn < 0 || c.Threads < 0 || !(c.Fail >= 0 && c.Fail <= 1) {
		return usage.Error(fmt.Errorf("bench: --frames and --cameras must be at least 1, --learn and --threads at least 0, --fail between 0 and 1"))
	}
	if c.MaxSlowdown >= 0 && c.Compare == "" {
		return usage.Error(errors.New("bench: --max-slowdown needs an earlier result: --compare FILE"))
	}
	var before *bench.Report
	if c.Compare != "" {
		var err error
		if before, err = bench.Load(c.Compare); err != nil {
			return err
		}
	}
	e, err := c.openPaired(infer.Options{Threads: c.Threads})
	if err != nil {
		return err
	}
	defer e.Close()
	b, err := bench.New(ctx, e, bench.Options{
		Source: c.Source, Prompts: c.Prompts, Learn: c.Learn, Frames: c.Frames, Cameras: c.Cameras, Fail: c.Fail, Detail: c.Detail, Threads: c.Threads,
	})
	if err != nil {
		return err
	}
	defer b.Close()
	bar := progress.Count(s.err, "measuring", bench.Steps)
	report, err := b.Measure(ctx, progress.Advance(bar))
	if err != nil {
		return err
	}
	return bench.Write(s.out, report, before, c.Format == "json", c.MaxSlowdown)
}
