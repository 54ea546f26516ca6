// Package inspect is one station: it turns the frames of a camera into
// verdicts.
//
//	frame → [Tracker] → health → embedding → scores → verdict → Result
//
// A Station takes frames and refuses unfit ones with a reason. It encodes and scores
// the others, and package verdict decides on each. The station combines the frames of
// a part by N of M, and passes one Result per part to its Sink (or per frame, if the
// source does not know parts). The frame of a Result is one that decided it, with the
// number of frames dropped before it.
//
// Promises: PASS is never the fallback when something breaks. A frame that is
// unfit, stale or cannot be scored is INVALID with its reason, and a camera
// that is silent for longer than its limit is INVALID no_frame. A part without any
// fit frame is INVALID. A frame is scored by one bank only.
//
// Non-promises: it does no I/O, does not retry, and has no clock of its own. The
// clock, the encoder and the sink are passed in.
//
// A Gate inspects parts on request instead: frames pass only after a trigger,
// and the verdict is its answer.
//
// Package health decides which frames are fit. Package track names parts if the
// source does not.
//
// A Station is run by one goroutine; Check may be called from another. Results
// and their pictures are valid only during the call to Sink.Publish.
package inspect
