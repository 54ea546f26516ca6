package challenge

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"pristine/verdict"
)

// Score is an inspection's result for a picture.
type Score struct {
	Raw     float64 // ranks pictures; higher is worse
	P       float64 // P(defect)
	Verdict verdict.Verdict
}

// Judge is an inspection: an encoder with the banks that score its observations.
type Judge interface {
	// Judge appends the score of each candidate to out, the live one first. The
	// picture is valid only during the call.
	Judge(ctx context.Context, p *Picture, out []Score) ([]Score, error)
}

// Options say what is planted, and which judges score it.
type Options struct {
	Judges   []Judge // one per goroutine, all equivalent
	Kinds    []Kind  // empty: all
	Sizes    []int   // in pixels, ascending; empty: Ladder of the pictures
	Repeats  int     // how often each kind and size is planted into a picture; 0: once
	Seed     uint64
	Progress func(done, total int) // called after each picture, from any goroutine, one call at a time; may be nil
}

// ErrNoPictures is wrapped by an error that is returned if there is no picture to plant
// into.
var ErrNoPictures = errors.New("there are no good pictures")

// ErrNothingPlanted is wrapped by an error that is returned if no defect would be
// visible anywhere.
var ErrNothingPlanted = errors.New("no defect can be planted visibly: the pictures are of one tone, or smaller than the defects")

// ErrSize is wrapped by an error that is returned if a defect fits into no picture. The
// time to draw one grows with its size.
var ErrSize = errors.New("no defect has such a size")

// fitting returns an error if a size is larger than the inspected area of each picture.
func fitting(sizes []int, pictures []*Picture) error {
	largest := 0
	for _, p := range pictures {
		view, err := p.view()
		if err != nil {
			return err
		}
		largest = max(largest, view.Dx(), view.Dy())
	}
	for _, size := range sizes {
		if size < 1 || size > largest {
			return fmt.Errorf("%w: %d px, but the inspected area has at most %d", ErrSize, size, largest)
		}
	}
	return nil
}

// Trial is one planted defect and the scores of its picture.
type Trial struct {
	Picture int // index of the good picture
	Kind    Kind
	Size    int     // pixels
	Repeat  int     // from 0
	Scores  []Score // of the candidates; nil if nothing could be planted
}

// Outcome is the result of a challenge.
type Outcome struct {
	Pictures []*Picture
	Areas    []*Area
	Plain    [][]Score // of the good pictures, without defects
	Trials   []Trial
	Sizes    []int
	Seed     uint64
}

// Ladder returns the default sizes for parts, in pixels: from a fortieth of the part's
// extent to a fifth, doubling.
func Ladder(areas []*Area) []int {
	extent := Extent(areas)
	var sizes []int
	for _, share := range [...]int{40, 20, 10, 5} {
		size := max((extent+share/2)/share, 3)
		if len(sizes) == 0 || size > sizes[len(sizes)-1] {
			sizes = append(sizes, size)
		}
	}
	return sizes
}

// Extent returns the median extent of the parts, in pixels.
func Extent(areas []*Area) int {
	all := make([]int, len(areas))
	for i, a := range areas {
		all[i] = a.Extent()
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// Run plants each kind in each size into every picture, and has the pictures
// judged.
func Run(ctx context.Context, pictures []*Picture, o Options) (*Outcome, error) {
	if len(pictures) == 0 || len(o.Judges) == 0 {
		return nil, fmt.Errorf("challenge: %w", ErrNoPictures)
	}
	areas, err := Parts(pictures)
	if err != nil {
		return nil, fmt.Errorf("challenge: find the part: %w", err)
	}
	out := &Outcome{Pictures: pictures, Areas: areas, Plain: make([][]Score, len(pictures)), Sizes: o.Sizes, Seed: o.Seed}
	if len(out.Sizes) == 0 {
		out.Sizes = Ladder(areas)
	}
	if err := fitting(out.Sizes, pictures); err != nil {
		return nil, fmt.Errorf("challenge: %w", err)
	}
	kinds := o.Kinds
	if len(kinds) == 0 {
		kinds = Kinds()
	}
	for i := range pictures {
		for _, k := range kinds {
			for _, size := range out.Sizes {
				for repeat := range max(o.Repeats, 1) {
					out.Trials = append(out.Trials, Trial{Picture: i, Kind: k, Size: size, Repeat: repeat})
				}
			}
		}
	}
	if err := out.judge(ctx, &o); err != nil {
		return nil, fmt.Errorf("challenge: %w", err)
	}
	if !slices.ContainsFunc(out.Trials, func(t Trial) bool { return t.Scores != nil }) {
		return nil, fmt.Errorf("challenge: %w", ErrNothingPlanted)
	}
	return out, nil
}

// judge scores the good pictures and the planted ones. Each judge takes the next job
// when it is free, and each job writes to its own element.
func (out *Outcome) judge(ctx context.Context, o *Options) error {
	total := len(out.Pictures) + len(out.Trials)
	progress := make(chan struct{}, total)
	var next atomic.Int64
	group, groupCtx := errgroup.WithContext(ctx)
	for _, judge := range o.Judges {
		group.Go(func() error {
			for {
				job := int(next.Add(1)) - 1
				if job >= total {
					return nil
				}
				if err := out.do(groupCtx, judge, job); err != nil {
					return err
				}
				progress <- struct{}{}
			}
		})
	}
	told := make(chan struct{})
	go func() {
		defer close(told)
		done := 0
		for range progress {
			if done++; o.Progress != nil {
				o.Progress(done, total)
			}
		}
	}()
	err := group.Wait()
	close(progress)
	<-told
	return err
}

func (out *Outcome) do(ctx context.Context, judge Judge, job int) (err error) {
	if job < len(out.Pictures) {
		out.Plain[job], err = judge.Judge(ctx, out.Pictures[job], nil)
		if err != nil {
			return fmt.Errorf("judge %s: %w", out.Pictures[job].Name, err)
		}
		return nil
	}
	t := &out.Trials[job-len(out.Pictures)]
	planted, ok := out.Plant(t)
	if !ok {
		return ctx.Err()
	}
	if t.Scores, err = judge.Judge(ctx, planted.Picture, nil); err != nil {
		return fmt.Errorf("judge %s with a %s: %w", planted.Picture.Name, t.Kind, err)
	}
	return nil
}

// Plant returns the picture of a trial. It is the same each time.
func (out *Outcome) Plant(t *Trial) (*Planted, bool) {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %d %s %d", out.Seed, t.Picture, t.Kind, t.Repeat) // writing to a hash never fails
	return Plant(out.Pictures[t.Picture], out.Areas[t.Picture], t.Kind, t.Size, h.Sum64())
}
