package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"pristine/capture/opencv"
	"pristine/capture/replay"
	"pristine/evaluate"
	"pristine/evaluate/dataset"
	"pristine/evaluate/report"
	"pristine/prompts"
)

// dataFlags say which pictures are good and which are bad.
type dataFlags struct {
	Good           []string `placeholder:"DIR" help:"Folder of good pictures, read recursively; may be repeated."`
	Bad            []string `placeholder:"DIR" help:"Folder of bad pictures, read recursively; its folders name the defects; may be repeated."`
	Data           string   `placeholder:"DIR" help:"Labelled folder instead of --good and --bad: MVTec, VisA or good/ beside bad/; or a CSV of path,label[,defect][,mask]."`
	SkipUnreadable bool     `help:"Measure without pictures that cannot be read, and say how many."`
}

func (d *dataFlags) open() ([]dataset.Picture, error) {
	var pictures []dataset.Picture
	var err error
	switch {
	case d.Data != "" && len(d.Good)+len(d.Bad) > 0:
		err = fmt.Errorf("--data stands in the place of --good and --bad: give one or the others")
	case d.Data != "":
		pictures, err = dataset.Open(d.Data)
	case len(d.Good) == 0 || len(d.Bad) == 0:
		err = fmt.Errorf("missing flags: it takes good and bad pictures: --good DIR and --bad DIR, or --data DIR")
	default:
		pictures, err = dataset.Plain(d.Good, d.Bad)
	}
	if err != nil {
		return nil, usageError{err}
	}
	return pictures, nil
}

// referenceFlags say what a set is given as references.
type referenceFlags struct {
	References string `placeholder:"DIR|K" help:"Folder of good pictures of the same part, not among those of --good; or how many to draw from the good ones, the rest of which are measured; default: those kept beside the set, if any."`
	Draws      int    `default:"1" placeholder:"N" help:"How often to draw the K references; figures are means (default: ${default})."`
	Seed       uint64 `default:"1" placeholder:"N" help:"Seed of the first draw (default: ${default})."`
}

// trial measures banks on labelled pictures. Each picture is decoded and
// encoded once, however many sets and draws there are.
type trial struct {
	engine   *engine
	pictures []dataset.Picture
	sets     []*prompts.Bank
	draws    []trialDraw
	bad      unreadable

	outcomes [][]report.Draw // [set][draw]
	maps     map[string]heat // of the first set and draw, by file
	pixels   evaluate.Pixels
	masks    int
	noMask   int
}

type trialDraw struct {
	seed       uint64
	references *prompts.References // nil where each set keeps its own, if any
	measured   []bool              // by picture
}

type heat struct {
	values []float32
	grid   [2]int
}

// newTrial draws the references for sets of the same tiles and encodes them.
// Where the flags give none, each set keeps those that it has.
func newTrial(ctx context.Context, e *engine, pictures []dataset.Picture, flags *referenceFlags, sets []*prompts.Bank) (*trial, error) {
	t := &trial{engine: e, pictures: pictures, sets: sets, maps: map[string]heat{}}
	if k, err := strconv.Atoi(flags.References); err == nil {
		return t, t.draw(ctx, k, flags)
	}
	if flags.Draws > 1 {
		return nil, usageError{fmt.Errorf("--draws %d: there is nothing to draw: give --references a number", flags.Draws)}
	}
	d := trialDraw{seed: flags.Seed, measured: make([]bool, len(pictures))}
	for i, p := range pictures {
		d.measured[i] = !p.Train
	}
	if flags.References == "" {
		d.leaveOut(sets, pictures)
	} else {
		files, err := replay.Pictures(flags.References)
		if err != nil {
			return nil, usageError{err}
		}
		if d.references, err = e.learn(ctx, files, t.sets[0].Tiles()); err != nil {
			return nil, err
		}
	}
	t.draws = []trialDraw{d}
	return t, nil
}

// leaveOut measures no picture that is a reference of any of the sets: all are
// measured on the same ones.
func (d *trialDraw) leaveOut(sets []*prompts.Bank, pictures []dataset.Picture) {
	among := map[string]bool{}
	for _, set := range sets {
		for _, r := range set.ReferencePictures() {
			among[r.SHA] = true
		}
	}
	if len(among) == 0 {
		return
	}
	for i, p := range pictures {
		if sum, err := pictureSHA(p.File); err == nil && among[sum] {
			d.measured[i] = false
		}
	}
}

func (t *trial) draw(ctx context.Context, k int, flags *referenceFlags) error {
	if k < 0 || flags.Draws < 1 {
		return usageError{fmt.Errorf("--references %d --draws %d: must be 0 or more and 1 or more", k, flags.Draws)}
	}
	for n := range flags.Draws {
		d := trialDraw{seed: flags.Seed + uint64(n), measured: make([]bool, len(t.pictures))}
		references, rest, err := dataset.Draw(t.pictures, k, d.seed)
		if err != nil {
			return usageError{err}
		}
		for _, i := range rest {
			d.measured[i] = true
		}
		if k > 0 {
			files := make([]string, 0, k)
			for _, i := range references {
				files = append(files, t.pictures[i].File)
			}
			if d.references, err = t.engine.learn(ctx, files, t.sets[0].Tiles()); err != nil {
				return fmt.Errorf("learn the references of draw %d: %w", n+1, err)
			}
		}
		t.draws = append(t.draws, d)
	}
	return nil
}

// measure scores every picture with every set, in each draw.
func (t *trial) measure(ctx context.Context, s *streams) error {
	banks, err := t.banks()
	if err != nil {
		return err
	}
	t.outcomes = make([][]report.Draw, len(t.sets))
	for i := range t.outcomes {
		for _, d := range t.draws {
			t.outcomes[i] = append(t.outcomes[i], report.Draw{Seed: d.seed})
		}
	}
	files, at := t.files()
	var scores prompts.Scores
	err = t.engine.observeAll(ctx, s, "scoring", files, t.sets[0].Tiles(), func(i int, p *photo, o *prompts.Observation) error {
		picture := &t.pictures[at[i]]
		for set := range banks {
			for draw, bank := range banks[set] {
				if !t.draws[draw].measured[at[i]] {
					continue
				}
				if err := bank.Score(o, &scores); err != nil {
					return fmt.Errorf("%s: %w", picture.File, err)
				}
				d := &t.outcomes[set][draw]
				d.Outcomes = append(d.Outcomes, outcome(picture, &scores, p.cues))
				if set == 0 && draw == 0 {
					if err := t.keepMap(picture, &scores); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}, func(i int, err error) { t.bad.add(files[i], err) })
	if err != nil {
		return err
	}
	return t.bad.err()
}

// files lists the pictures that some draw measures, with their indices.
func (t *trial) files() (files []string, at []int) {
	for i, p := range t.pictures {
		if slices.ContainsFunc(t.draws, func(d trialDraw) bool { return d.measured[i] }) {
			files, at = append(files, p.File), append(at, i)
		}
	}
	return files, at
}

// banks gives each set the references of each draw, if it has any.
func (t *trial) banks() ([][]*prompts.Bank, error) {
	all := make([][]*prompts.Bank, len(t.sets))
	for i, set := range t.sets {
		for _, d := range t.draws {
			bank := set
			if d.references != nil {
				var err error
				if bank, err = set.WithReferences(d.references); err != nil {
					return nil, err
				}
			}
			all[i] = append(all[i], bank)
		}
	}
	return all, nil
}

func outcome(p *dataset.Picture, s *prompts.Scores, cues evaluate.Cues) evaluate.Outcome {
	return evaluate.Outcome{File: p.File, Bad: p.Bad, Defect: p.Defect, Raw: s.Raw, P: s.Defect, Unknown: s.Unknown, Top: s.Top, Cues: cues}
}

// keepMap keeps where a picture was found bad, and holds it against its mask.
func (t *trial) keepMap(p *dataset.Picture, s *prompts.Scores) error {
	if len(s.Map) == 0 {
		return nil
	}
	h := heat{append([]float32(nil), s.Map...), s.MapGrid}
	t.maps[p.File] = h
	switch masked := slices.ContainsFunc(t.pictures, func(p dataset.Picture) bool { return p.Mask != "" }); {
	case !masked:
	case !p.Bad:
		t.pixels.Add(h.values, h.grid[0], h.grid[1], nil)
	case p.Mask == "":
		t.noMask++
	default:
		pix, width, height, err := opencv.DecodeFile(p.Mask)
		if err != nil {
			return fmt.Errorf("read the mask of %s: %w", p.File, err)
		}
		t.pixels.Add(h.values, h.grid[0], h.grid[1], evaluate.ShrinkMask(pix, width, height))
		t.masks++
	}
	return nil
}

// report sums up what a set did.
func (t *trial) report(set int, bank *prompts.Bank, references string) (*report.Report, error) {
	draws := t.outcomes[set]
	for _, d := range draws {
		good, bad := evaluate.Raw(d.Outcomes)
		if len(good) == 0 || len(bad) == 0 {
			return nil, fmt.Errorf("measure %s: no good or no bad picture is left", bank.Set.Name)
		}
	}
	r := report.New(draws, evaluate.Thresholds(bank.Set.Thresholds))
	r.Bundle, r.BundleHash, r.PromptSet, r.LeftOut = t.engine.bundle.Manifest.Name, t.engine.bundle.Hash, bank.Set.Name, t.bad.files
	if _, err := strconv.Atoi(references); err == nil {
		references += " drawn"
	}
	if references == "" && bank.References() > 0 {
		references = fmt.Sprintf("%d beside the set", bank.References())
	}
	r.References = references
	if set == 0 {
		r.SetPixels(&t.pixels, t.masks, t.noMask)
	}
	return r, nil
}
