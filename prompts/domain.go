package prompts

import "slices"

// foreign is how far, in standard deviations of good pictures' patches beyond
// their mean, the middle patch of a picture lies from every reference where it
// shows something else. A defect, even a large one, leaves most patches near;
// another object leaves none near but the background. With bundle pocket 1.2.0
// and four references 1.75 takes 2 of 240 pictures of the four rendered lots of
// cmd/edge/testdata for something else, 2 none of them and all 864 of the other
// lots, 2.25 begins to miss those (TestAnotherPartIsUnknownAndABrokenOneIsNot).
const foreign = 2

// isForeign tells whether the distances, of a picture's patches from the nearest
// good ones, are those of something that the references do not show.
func (r *References) isForeign(distances []float32, scratch *[]float32) bool {
	*scratch = append((*scratch)[:0], distances...)
	slices.Sort(*scratch)
	middle := (*scratch)[len(*scratch)/2]
	return r.featureZ(middle) > foreign
}
