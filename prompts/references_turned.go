package prompts

import (
	"errors"
	"fmt"
	"slices"
)

// Turned says whether references are also matched rotated.
type Turned string

// The values of Set.Turned.
const (
	TurnedAuto   Turned = "auto" // if the references show that the part has no fixed orientation
	TurnedAlways Turned = "always"
	TurnedNever  Turned = "never"
)

// Turns is the number of quarter turns of a reference: 90°, 180° and 270°.
const Turns = 3

// maxTurnedRatio is the largest ratio of the leave-one-out distances to rotated and to
// upright references at which a part counts as having no fixed orientation. Such parts
// have ratios of 0.9 to 1.2, parts with an up and a down 1.6 to 1.9. On rendered lots
// (training/render/lots.py) all limits from 1.2 to 1.5 gave the same result. Toy
// figures, which have an up, and three sets that have none served as a check only.
const maxTurnedRatio = 1.3

// minForOrientation is the smallest number of good references that show whether a part
// has a fixed orientation. With two, rotated references made more good impellers FAIL
// (overkill of 15 %, against 7 %) and did not rank better.
const minForOrientation = 3

// turnedShare is the share of the rotated references' patches that is kept: those
// farthest from the upright ones. On half of the 48 rendered lots, with four references,
// half of the patches gained 0.65 points of AUROC of the 0.73 that all gained, a quarter
// 0.40. None of four sets of photos lost. Matching time grows with the memory.
const turnedShare = 0.5

// ErrNotTurned is wrapped by an error that is returned when a set asks for rotated
// references and there are none.
var ErrNotTurned = errors.New("turned: always")

// Encodes reports whether references need quarter turns, given the number of good ones.
func (t Turned) Encodes(good int) bool {
	return t == TurnedAlways || t != TurnedNever && good >= minForOrientation
}

// AddTurned adds the features of the quarter turns of the i-th picture.
func (r *References) AddTurned(i int, turned []float32) error {
	seen := &r.pictures[i].Seen
	with := Observation{Features: seen.Features, Turned: turned}
	if err := with.checkTurned(); err != nil {
		return fmt.Errorf("add rotations of reference %s: %w", r.pictures[i].Name, err)
	}
	seen.Turned = slices.Clone(turned)
	return nil
}

// AddFineTurned adds the finer features of the quarter turns of the i-th picture.
func (r *References) AddFineTurned(i int, turned []float32) error {
	seen := &r.pictures[i].Seen
	with := *seen
	with.FineTurned = turned
	if err := with.checkFine(); err != nil {
		return fmt.Errorf("add detail of the rotations of reference %s: %w", r.pictures[i].Name, err)
	}
	seen.FineTurned = slices.Clone(turned)
	return nil
}

func (o *Observation) checkTurned() error {
	switch {
	case len(o.Turned) != 0 && len(o.Turned) != Turns*len(o.Features):
		return fmt.Errorf("the rotations have %d numbers and the picture %d: want %d times as many", len(o.Turned), len(o.Features), Turns)
	case !finite(o.Turned):
		return errDamaged
	}
	return nil
}

// TurnedInUse reports whether a set with that option also matches these references in
// quarter turns. It compares every reference with every other.
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
				return false, fmt.Errorf("compare rotated references: %w", err)
			}
			*x.to = append(*x.to, cosines...)
		}
	}
	return hasNoOrientation(own, turned), nil
}

// hasNoOrientation reports whether a part has no fixed orientation, given the cosines of the
// references with the nearest patch of the others, upright and rotated.
func hasNoOrientation(upright, turned []float32) bool {
	var a, b float64
	for i := range upright {
		a += float64(distance(upright[i]))
		b += float64(distance(turned[i]))
	}
	return b <= maxTurnedRatio*a
}

func (r *References) notTurned() error {
	for _, p := range r.pictures {
		if len(p.Seen.Features) == 0 {
			return fmt.Errorf("%w: the bundle returns no patch features, and tiles are not rotated: set turned: auto", ErrNotTurned)
		}
	}
	return fmt.Errorf("%w: some references have no rotated copies: add the same pictures again with edge reference add, or make the camera learn again", ErrNotTurned)
}
