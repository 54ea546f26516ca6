package prompts

import (
	"errors"
	"fmt"
	"slices"
)

// Turned says whether references also stand for their pictures turned.
type Turned string

// The values of Set.Turned.
const (
	TurnedAuto   Turned = "auto" // where the references themselves show that the part lies anyhow
	TurnedAlways Turned = "always"
	TurnedNever  Turned = "never"
)

// Turns is how often a reference is turned: by one quarter, two and three.
const Turns = 3

// anyhow is how much farther references may lie from the others turned than from
// the others as they are, for parts that lie anyhow: those show 0.9 to 1.2 times
// the distance, parts with an up and a down 1.6 to 1.9 times. On rendered lots
// (training/render/lots.py) any limit from 1.2 to 1.5 did alike; toy figures, which have
// an up, and three sets that have none were a check only.
const anyhow = 1.3

// enough is how many good references show how a part lies. With two, turned ones
// made more good impellers FAIL (overkill 15 % for 7 %) and ranked no better.
const enough = 3

// Of the turned references' patches the memory keeps this share, those farthest
// from the upright ones: on half of the 48 rendered lots, with four references,
// half of them win 0.65 points of AUROC of the 0.73 that all win, a quarter 0.40,
// and on four sets of photos none loses; matching takes as long as the memory is
// large.
const turnedShare = 0.5

// ErrNotTurned is returned within an error when a set asks for turned references
// and there are none.
var ErrNotTurned = errors.New("turned: always")

// Encodes reports whether so many good references may have a use for their
// pictures turned, which are worth encoding only then.
func (t Turned) Encodes(good int) bool {
	return t == TurnedAlways || t != TurnedNever && good >= enough
}

// AddTurned keeps, for the i-th picture, the features of it turned.
func (r *References) AddTurned(i int, turned []float32) error {
	seen := &r.pictures[i].Seen
	with := Observation{Features: seen.Features, Turned: turned}
	if err := with.checkTurned(); err != nil {
		return fmt.Errorf("add reference %s turned: %w", r.pictures[i].Name, err)
	}
	seen.Turned = slices.Clone(turned)
	return nil
}

// AddFineTurned keeps, for the i-th picture, the finer features of it turned.
func (r *References) AddFineTurned(i int, turned []float32) error {
	seen := &r.pictures[i].Seen
	with := *seen
	with.FineTurned = turned
	if err := with.checkFine(); err != nil {
		return fmt.Errorf("add detail of reference %s turned: %w", r.pictures[i].Name, err)
	}
	seen.FineTurned = slices.Clone(turned)
	return nil
}

func (o *Observation) checkTurned() error {
	switch {
	case len(o.Turned) != 0 && len(o.Turned) != Turns*len(o.Features):
		return fmt.Errorf("%d numbers of the picture turned, of the picture %d: it takes %d times as many", len(o.Turned), len(o.Features), Turns)
	case !finite(o.Turned):
		return errDamaged
	}
	return nil
}

// TurnedInUse reports whether a set with that option is scored by these references
// turned, too. It matches every reference with every other.
func (r *References) TurnedInUse(option Turned) (bool, error) {
	good := r.goodOnes()
	whole := &scale{grid: r.grid, dim: r.dim}
	switch {
	case !option.Encodes(len(good)):
		return false, nil
	case !whole.turns(good):
		if option == TurnedAlways {
			return false, r.notTurned()
		}
		return false, nil
	case option == TurnedAlways:
		return true, nil
	}
	var all, own, turned []float32
	for _, o := range good {
		all = append(all, o.Turned...)
	}
	size := len(all) / len(good)
	features, cosines := make([]float32, 0, len(good)*r.dim*whole.patches()), make([]float32, whole.patches())
	for _, o := range good {
		f, _ := o.features()
		features = append(features, f...)
	}
	others := make([]float32, 0, len(all))
	for i, o := range good {
		f, _ := o.features()
		for _, x := range []struct {
			from []float32
			size int
			to   *[]float32
		}{{features, len(f), &own}, {all, size, &turned}} {
			others = append(append(others[:0], x.from[:i*x.size]...), x.from[(i+1)*x.size:]...)
			if err := r.matcher.MaxCosine(f, others, r.dim, cosines); err != nil {
				return false, fmt.Errorf("compare references turned: %w", err)
			}
			*x.to = append(*x.to, cosines...)
		}
	}
	return lieAnyhow(own, turned), nil
}

// lieAnyhow tells from the cosines of references with the others as they are,
// and with the others turned, whether nothing tells how a part lies.
func lieAnyhow(upright, turned []float32) bool {
	var a, b float64
	for i := range upright {
		a += float64(distance(upright[i]))
		b += float64(distance(turned[i]))
	}
	return b <= anyhow*a
}

func (r *References) notTurned() error {
	for _, p := range r.pictures {
		if len(p.Seen.Features) == 0 {
			return fmt.Errorf("%w: the bundle gives no patch features, and tiles are not turned: set turned: auto", ErrNotTurned)
		}
	}
	return fmt.Errorf("%w: some references have no rotated copies: add the same pictures again with edge reference add, or make the camera learn again", ErrNotTurned)
}
