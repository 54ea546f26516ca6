package prompts

import (
	"errors"
	"fmt"
	"slices"
	"sort"
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
// (training/lots.py) any limit from 1.2 to 1.5 did alike; toy figures, which have
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

// Encodes tells whether so many good references may have a use for their
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

func (o *Observation) checkTurned() error {
	switch {
	case len(o.Turned) != 0 && len(o.Turned) != Turns*len(o.Features):
		return fmt.Errorf("%d numbers of the picture turned, of the picture %d: it takes %d times as many", len(o.Turned), len(o.Features), Turns)
	case !finite(o.Turned):
		return errDamaged
	}
	return nil
}

// TurnedInUse tells whether a set with that option is scored by these references
// turned, too. It matches every reference with every other.
func (r *References) TurnedInUse(option Turned) (bool, error) {
	f := *r
	if err := f.gather(); err != nil {
		return false, err
	}
	_, err := f.match(option)
	return f.turned, err
}

// gatherTurned gives the features of all good pictures turned, picture by
// picture; nil where any of them has none.
func (r *References) gatherTurned() []float32 {
	var all []float32
	for i := range r.pictures {
		switch p := &r.pictures[i]; {
		case p.Bad:
		case len(p.Seen.Turned) == 0:
			return nil
		default:
			all = append(all, p.Seen.Turned...)
		}
	}
	return all
}

// match gives the cosine of each good reference's patches with the nearest of
// the others, and adds the turned ones to both the memory and the others where
// they are of use.
func (r *References) match(option Turned) ([]float32, error) {
	upright, err := r.leaveOneOut(r.memory)
	if err != nil || !option.Encodes(r.good) {
		return upright, err
	}
	turned := r.gatherTurned()
	if turned == nil {
		if option == TurnedAlways {
			return nil, r.notTurned()
		}
		return upright, nil
	}
	if r.good == 1 { // its halves tell how far good patches lie from others; turned, the halves of a round part are one another
		r.turned, r.memory = true, append(r.memory, turned...)
		return upright, nil
	}
	nearest, err := r.leaveOneOut(turned)
	if err != nil || option != TurnedAlways && !lieAnyhow(upright, nearest) {
		return upright, err
	}
	for i, c := range upright {
		upright[i] = max(c, nearest[i])
	}
	r.turned = true
	return upright, r.remember(turned)
}

// remember adds those turned patches to the memory that are least like any in it.
func (r *References) remember(turned []float32) error {
	patches := r.grid[0] * r.grid[1]
	size, cosines := patches*r.dim, make([]float32, len(turned)/r.dim)
	for at := 0; at < len(turned); at += size {
		if err := r.matcher.MaxCosine(turned[at:at+size], r.memory, r.dim, cosines[at/r.dim:][:patches]); err != nil {
			return err
		}
	}
	order := make([]int, len(cosines))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return cosines[order[a]] < cosines[order[b]] })
	for _, i := range order[:int(turnedShare*float64(len(order)))] {
		r.memory = append(r.memory, turned[i*r.dim:][:r.dim]...)
	}
	return nil
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
