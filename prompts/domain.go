package prompts

import (
	"fmt"
	"slices"
)

// foreignZ is the z-score of a picture's median patch distance above which the picture
// shows something else. A defect, even a large one, leaves most patches near the
// references. Another object leaves only the background near. With bundle pocket 1.2.0
// and four references, 1.75 takes 2 of 240 pictures of the four rendered lots of
// cmd/edge/testdata for something else, 2 takes none of them, and both find all 864
// pictures of the other lots; 2.25 begins to miss those. With 1.5.0, and the variation
// of good parts subtracted, 2 takes 3 of the 240, 2.2 and 2.4 take 1, and all find the
// others (TestAnotherPartIsUnknownAndABrokenOneIsNot).
const foreignZ = 2.4

// isForeign reports whether the distances, of a picture's patches to the nearest good
// ones, are those of something that the references do not show.
func (r *References) isForeign(distances []float32, scratch *[]float32) bool {
	*scratch = append((*scratch)[:0], distances...)
	slices.Sort(*scratch)
	middle := (*scratch)[len(*scratch)/2]
	return r.scales[0].z(middle) > foreignZ
}

// absentZ is the converse for a single reference: a threshold for the z-score of the
// 75th-percentile distance from the reference's patches to the nearest patch of the
// picture. One reference does not show how good parts vary, so the distances of another
// part look usual. But most of what the reference shows is then nowhere in the picture.
// With bundle pocket 1.2.0 1.9 takes 1 % of the pictures of the four rendered lots for
// something else (the rope's, whose good pictures vary most) and all pictures of the
// other lots; 1.7 takes 2 %, and 2.1 begins to miss
// (TestWithOneReferenceAnotherPartIsUnknown). With two references or more, foreignZ alone
// is as good.
const absentZ = 1.9

// lacks reports whether most of a single reference, in each of its rotations, is missing
// from a picture.
func (r *References) lacks(o *Observation, s *Scores) (bool, error) {
	if r.good != 1 {
		return false, nil
	}
	whole := &r.scales[0]
	// The picture is not levelled: at the level of the reference, other parts look nearer.
	features, _ := o.features()
	s.queries = rows(s.queries[:0], features, whole.dim, queryColumn)
	patches := whole.patches()
	s.nearest = grow(s.nearest, patches)
	for size, from := patches*(whole.dim+1), 0; from < len(whole.memory); from += size {
		if err := r.matcher.MaxCosine(whole.memory[from:from+size], s.queries, whole.dim+1, s.nearest); err != nil {
			return false, fmt.Errorf("score picture: %w", err)
		}
		slices.Sort(s.nearest)
		if whole.z(whole.distance(s.nearest[patches/4])) <= absentZ {
			return false, nil
		}
	}
	return true, nil
}
