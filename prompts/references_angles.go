package prompts

import (
	"errors"
	"fmt"
	"slices"
	"sort"
)

// AngleStep is the step, in degrees, in which references of parts without a fixed
// orientation are rotated. Larger steps were worse on some of the rendered lots at any
// angle (three with 30°, seven with 45°, one draw each; docs/detail.md).
const AngleStep = 15

// Angles returns the angles, in degrees clockwise, by which such references are rotated.
// The upright picture is not among them.
func Angles() []float64 {
	var all []float64
	for a := AngleStep; a < 360; a += AngleStep {
		all = append(all, float64(a))
	}
	return all
}

// maxAngledRatio is the largest ratio of the leave-one-out distances at all angles and
// upright at which angles are used. It was chosen by lots and photos: most lots at any
// angle have 0.83 to 0.96, some draws of bearings, dials and keys up to 0.98, photos of
// parts that have an up 0.99 to 1 (docs/detail.md).
const maxAngledRatio = 0.97

// AngledRows returns how many rotated patches of a reference are stored: those farthest
// from the upright picture. It is twice the number that is kept in memory, so that all
// references together can choose among them. patches is the number of upright patches;
// fine says whether they are those of a detail.
func AngledRows(fine bool, patches int) int {
	share := turnedShare
	if fine {
		share = fineTurnedShare
	}
	return int(2 * share * Turns * float64(patches))
}

// Farthest returns the n rows that are farthest from every row of upright, or all of
// them if there are fewer.
func Farthest(m Matcher, rows, upright []float32, dim, n int) ([]float32, error) {
	if m == nil {
		m = plainMatcher{}
	}
	count := len(rows) / dim
	if count == 0 {
		return nil, nil
	}
	cosines, order := make([]float32, count), make([]int, count)
	// In steps of upright's size: a matcher may need memory for all products.
	step := max(len(upright)/dim, 1)
	for from := 0; from < count; from += step {
		to := min(from+step, count)
		if err := m.MaxCosine(rows[from*dim:to*dim], upright, dim, cosines[from:to]); err != nil {
			return nil, err
		}
	}
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return cosines[order[a]] < cosines[order[b]] })
	chosen := make([]float32, 0, min(n, count)*dim)
	for _, i := range order[:min(n, count)] {
		chosen = append(chosen, rows[i*dim:(i+1)*dim]...)
	}
	return chosen, nil
}

// AddAngled adds the rotated patches of the i-th picture, and finer ones if there are
// any.
func (r *References) AddAngled(i int, whole, fine []float32) error {
	seen := &r.pictures[i].Seen
	with := *seen
	with.Angled, with.FineAngled = whole, fine
	if err := with.checkAngled(); err != nil {
		return fmt.Errorf("add angles of reference %s: %w", r.pictures[i].Name, err)
	}
	seen.Angled, seen.FineAngled = slices.Clone(whole), slices.Clone(fine)
	return nil
}

// DropAngled removes what AddAngled added.
func (r *References) DropAngled() {
	for i := range r.pictures {
		r.pictures[i].Seen.Angled, r.pictures[i].Seen.FineAngled = nil, nil
	}
}

func (o *Observation) checkAngled() error {
	patches := o.FeatureGrid[0] * o.FeatureGrid[1]
	switch {
	case len(o.Angled) == 0 && len(o.FineAngled) == 0:
		return nil
	case patches == 0 || len(o.Features)%patches != 0 || len(o.Features) == 0:
		return errors.New("there are patches at other angles, but none of the upright picture")
	case len(o.Angled)%(len(o.Features)/patches) != 0 || len(o.FineAngled)%(len(o.Features)/patches) != 0:
		return fmt.Errorf("the patches at other angles have %d and %d numbers: want multiples of %d", len(o.Angled), len(o.FineAngled), len(o.Features)/patches)
	case !finite(o.Angled) || !finite(o.FineAngled):
		return errDamaged
	}
	return nil
}

// AnglesInUse reports whether a set with that option matches these references at all
// angles. With TurnedAlways it does if they have them. With TurnedAuto they must also
// bring the references closer to each other.
func (r *References) AnglesInUse(option Turned) (bool, error) {
	good := r.goodOnes()
	whole := &scale{grid: r.grid, dim: r.dim}
	if option == TurnedNever || len(good) < minForOrientation || !whole.angles(good) {
		return false, nil
	}
	if option == TurnedAlways {
		return true, nil
	}
	var upright, angled float64
	cosines := make([]float32, whole.patches())
	for i, o := range good {
		features, _ := o.features()
		var as, at []float32
		for k, other := range good {
			if k != i {
				f, _ := other.features()
				as, at = append(as, f...), append(at, other.Angled...)
			}
		}
		if err := r.matcher.MaxCosine(features, as, r.dim, cosines); err != nil {
			return false, fmt.Errorf("compare references at other angles: %w", err)
		}
		own := slices.Clone(cosines)
		if err := r.matcher.MaxCosine(features, at, r.dim, cosines); err != nil {
			return false, fmt.Errorf("compare references at other angles: %w", err)
		}
		for k, c := range cosines {
			upright += float64(distance(own[k]))
			angled += float64(distance(max(own[k], c)))
		}
	}
	return angled <= maxAngledRatio*upright, nil
}

// angles reports whether all pictures have the rotated patches that the scale compares.
func (s *scale) angles(good []*Observation) bool {
	for _, o := range good {
		if len(s.angledOf(o)) == 0 {
			return false
		}
	}
	return true
}

func (s *scale) angledOf(o *Observation) []float32 {
	if s.fine {
		return o.FineAngled
	}
	return o.Angled
}
