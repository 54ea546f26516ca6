// Package track finds and names parts on a belt without a trigger or light barrier.
//
//	t := track.New(latest, track.Options{Camera: "belt", Axis: "x", Region: [4]float64{0, 0, 1, 1}, LearnFrames: 200, Difference: 24, MinArea: 0.02})
//	err := t.Take(ctx, &frame) // frame.Part is "belt-000001" while the first part is in view
//
// A Tracker compares each frame with a picture of the empty belt, or with a belt that
// it learns from the first frames.
//
// Promises: a part is named in each frame in which it is entirely within the region,
// and in no other. A part that is lost for a few frames keeps its name. Frames from
// which the belt is learned are not passed on; frames dropped before them still
// count. Tracking allocates nothing.
//
// Non-promises: parts that touch share a name. Where the belt is never bare, it is
// learned wrongly.
//
// A Tracker belongs to one goroutine; only Relearn is safe for any.
package track
