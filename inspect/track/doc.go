// Package track tells parts apart on a belt whose camera has no trigger or light
// barrier.
//
//	t := track.New(latest, track.Options{Camera: "belt", Axis: "x", Region: [4]float64{0, 0, 1, 1}, LearnFrames: 200, Difference: 24, MinArea: 0.02})
//	err := t.Take(ctx, &frame) // frame.Part is "belt-000001" while the first part is in view
//
// A Tracker compares each frame with the empty belt, which it is given or learns
// from the first frames.
//
// Promises: a part is named in each frame in which it lies wholly within the
// region, and in no other. A part that is lost for a few frames keeps its name.
// Frames that teach the belt are not passed on, and what was dropped before them is
// counted. Tracking allocates nothing.
//
// Non-promises: parts that touch have one name. A belt that is never bare at some
// point is learned wrongly there.
//
// A Tracker belongs to one goroutine; only Relearn is safe for any.
package track
