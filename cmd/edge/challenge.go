package main

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"github.com/google/renameio/v2"

	"pristine/challenge"
	"pristine/evaluate/dataset"
	"pristine/internal/printing"
	"pristine/internal/progress"
	"pristine/internal/usage"
	"pristine/observe"
)

type challengeCommand struct {
	Set          string           `arg:"" type:"asset" placeholder:"SET" help:"Prompt set."`
	Good         []string         `placeholder:"DIR" help:"Folder of good pictures to plant into, read recursively; may be repeated."`
	Data         string           `placeholder:"DIR" help:"Labelled data set instead of --good, as for edge eval; its bad pictures are only compared with the planted ones."`
	References   string           `placeholder:"DIR|K" help:"Folder of good pictures to use as references, or how many to draw from the good ones; default: the references beside the set, if any."`
	Kind         []challenge.Kind `placeholder:"KIND" enum:"scratch,crack,stain,dent,chip,speck,misplaced" help:"Plant this kind only; may be repeated (default: all)."`
	Size         []int            `placeholder:"PX" help:"Plant this size, in pixels; may be repeated (default: from a fortieth of the part to a fifth)."`
	MMPerPixel   float64          `name:"mm-per-pixel" placeholder:"MM" help:"Also give sizes in millimetres (default: mm_per_pixel of --config)."`
	Pictures     int              `default:"24" placeholder:"N" help:"Use at most this many good pictures; 0: all (default: ${default})."`
	Choose       bool             `negatable:"" default:"true" help:"Also try other settings of the set and report the best."`
	Seed         uint64           `default:"1" placeholder:"N" help:"Seed of the defects and of drawn references (default: ${default})."`
	Report       string           `placeholder:"FILE.html" help:"Also write a report with pictures, one file."`
	Format       string           `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	viewFlags    `embed:""`
	encoderFlags `embed:""`
}

func (c *challengeCommand) Run(ctx context.Context, s *streams) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	model, err := c.openPaired(observe.Throughput())
	if err != nil {
		return err
	}
	defer model.Close()
	if options.K > 0 {
		options.Bank, err = model.Bank(ctx, c.Set)
	} else {
		options.Bank, err = model.BankWith(ctx, c.Set, options.View, c.References)
	}
	if err != nil {
		return err
	}
	bar := progress.Count(s.err, "challenging", -1)
	options.Progress = func(done, total int) {
		bar.ChangeMax(total)
		_ = bar.Set(done)
	}
	r, out, err := model.Challenge(ctx, options)
	if err != nil {
		return err
	}
	if c.Report != "" {
		var page bytes.Buffer
		if err := r.AddExamples(out); err != nil {
			return err
		}
		if err := r.WriteHTML(&page, time.Now()); err != nil {
			return err
		}
		if err := renameio.WriteFile(c.Report, page.Bytes(), 0o644); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	if c.Format == "json" {
		return printing.JSON(s.out, r)
	}
	r.WriteTable(s.out)
	return nil
}

func (c *challengeCommand) options() (*observe.Challenge, error) {
	o := &observe.Challenge{
		Kinds: c.Kind, Sizes: c.Size, Seed: c.Seed, MMPerPixel: c.MMPerPixel, Most: c.Pictures, Choose: c.Choose, Workers: runtime.GOMAXPROCS(0),
	}
	var set *dataset.Set
	var err error
	switch {
	case (c.Data == "") == (len(c.Good) == 0):
		return nil, usage.Error(fmt.Errorf("missing flags: give the good pictures with --good DIR, or labelled ones with --data DIR"))
	case c.Data != "":
		set, err = dataset.Open(c.Data)
	default:
		set, err = dataset.Plain(c.Good, nil)
	}
	if err != nil {
		return nil, usage.Error(err)
	}
	o.Pictures = set.Pictures
	if k, err := strconv.Atoi(c.References); err == nil {
		o.K = k
	}
	if o.View, err = c.view(); o.MMPerPixel == 0 {
		o.MMPerPixel = o.View.MMPerPixel
	}
	return o, err
}
