package prompts

import (
	"fmt"
	"slices"
)

// foreign is how far, in standard deviations of good pictures' patches beyond
// their mean, the middle patch of a picture lies from every reference where it
// shows something else. A defect, even a large one, leaves most patches near;
// another object leaves none near but the background. With bundle pocket 1.2.0
// and four references 1.75 takes 2 of 240 pictures of the four rendered lots of
// cmd/edge/testdata for something else, 2 none of them and all 864 of the other
// lots, 2.25 begins to miss those. With 1.5.0, and what good parts differ by taken
// off, 2 takes 3, 2.2 and 2.4 take 1 and all of the others
// (TestAnotherPartIsUnknownAndABrokenOneIsNot).
const foreign = 2.4

// isForeign reports whether the distances, of a picture's patches from the nearest
// good ones, are those of something that the references do not show.
func (r *References) isForeign(distances []float32, scratch *[]float32) bool {
	*scratch = append((*scratch)[:0], distances...)
	slices.Sort(*scratch)
	middle := (*scratch)[len(*scratch)/2]
	return r.scales[0].z(middle) > foreign
}

// absent is the like for the patches of a single reference, seen from the other
// side: how far the last quarter of them lies from every patch of the picture.
// From one picture alone nothing is known of how good parts differ, so that the
// distances of another part, too, look usual; but most of what the reference
// shows is then nowhere in the picture. With bundle pocket 1.2.0 1.9 takes 1 % of
// the pictures of the four rendered lots for something else (the rope's, whose
// good pictures differ most) and all of the other lots; 1.7 takes 2 %, 2.1 begins
// to miss (TestWithOneReferenceAnotherPartIsUnknown). With two and more the
// middle patch alone tells as well.
const absent = 1.9

// lacks reports whether a picture has too little of what a single reference shows,
// whichever way that is turned: the part may lie in any of them.
func (r *References) lacks(o *Observation, s *Scores) (bool, error) {
	if r.good != 1 {
		return false, nil
	}
	whole := &r.scales[0]
	// The picture keeps its own level: at that of the reference, other parts look nearer.
	features, _ := o.features()
	s.queries = rows(s.queries[:0], features, whole.dim, looked)
	patches := whole.patches()
	s.nearest = grow(s.nearest, patches)
	for size, from := patches*(whole.dim+1), 0; from < len(whole.memory); from += size {
		if err := r.matcher.MaxCosine(whole.memory[from:from+size], s.queries, whole.dim+1, s.nearest); err != nil {
			return false, fmt.Errorf("score picture: %w", err)
		}
		slices.Sort(s.nearest)
		if whole.z(whole.distance(s.nearest[patches/4])) <= absent {
			return false, nil
		}
	}
	return true, nil
}
