package prompts

import (
	"errors"
	"fmt"
	"slices"
	"sort"
)

// AngleStep is by how many degrees references are turned where parts lie at any
// angle. On some of the rendered lots of parts at any angle (three with 30°, seven with
// 45°, a draw each) larger steps were worse (docs/detail.md).
const AngleStep = 15

// Angles returns the angles, in degrees clockwise, at which references of such
// parts are learned beside the picture as it is.
func Angles() []float64 {
	var all []float64
	for a := AngleStep; a < 360; a += AngleStep {
		all = append(all, float64(a))
	}
	return all
}

// anyAngle is how far, as a share, references may lie from the others at every
// angle of what they lie from the others as they are, for parts that lie at any
// angle. It was chosen among what lots and photos show: most lots of such parts 0.83 to
// 0.96, some draws of bearings, dials and keys up to 0.98, photos of parts that have an
// up 0.99 to 1 (docs/detail.md).
const anyAngle = 0.97

// AngledRows returns how many patches of a reference are kept of all its angles,
// those farthest from the picture as it is: twice as many as are remembered of it,
// so that those can be chosen by all references together. Fine says whether they
// are of its detail, of so many patches.
func AngledRows(fine bool, patches int) int {
	share := turnedShare
	if fine {
		share = fineTurnedShare
	}
	return int(2 * share * Turns * float64(patches))
}

// Farthest returns the n rows that are farthest from every row of upright; all of
// them where there are fewer.
func Farthest(m Matcher, rows, upright []float32, dim, n int) ([]float32, error) {
	if m == nil {
		m = plainMatcher{}
	}
	count := len(rows) / dim
	if count == 0 {
		return nil, nil
	}
	cosines, order := make([]float32, count), make([]int, count)
	// As many at once as upright has: a matcher may need memory for all products.
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

// AddAngled keeps, for the i-th picture, patches that it shows at other angles, and
// finer ones where there are any.
func (r *References) AddAngled(i int, whole, fine []float32) error {
	seen := &r.pictures[i].Seen
	with := *seen
	with.Angled, with.FineAngled = whole, fine
	if err := with.checkAngled(); err != nil {
		return fmt.Errorf("add reference %s at other angles: %w", r.pictures[i].Name, err)
	}
	seen.Angled, seen.FineAngled = slices.Clone(whole), slices.Clone(fine)
	return nil
}

// DropAngled forgets what AddAngled kept.
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
		return errors.New("patches at other angles do not fit a picture without")
	case len(o.Angled)%(len(o.Features)/patches) != 0 || len(o.FineAngled)%(len(o.Features)/patches) != 0:
		return fmt.Errorf("%d and %d numbers of the picture at other angles do not fit patches of %d", len(o.Angled), len(o.FineAngled), len(o.Features)/patches)
	case !finite(o.Angled) || !finite(o.FineAngled):
		return errDamaged
	}
	return nil
}

// AnglesInUse reports whether a set with that option is scored by these references
// at every angle: always where it is kept what they show there, else where that
// brings them nearer to one another than they lie as they are.
func (r *References) AnglesInUse(option Turned) (bool, error) {
	good := r.goodOnes()
	whole := &scale{grid: r.grid, dim: r.dim}
	if option == TurnedNever || len(good) < enough || !whole.angles(good) {
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
	return angled <= anyAngle*upright, nil
}

// angles reports whether it is known of all pictures what the scale shows of them
// at other angles.
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
