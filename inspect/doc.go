// Package inspect is one station: it turns the frames of a camera into
// verdicts.
//
//	frame → [Tracker] → health → embedding → scores → verdict → Result
//
// A Station takes frames, refuses unfit ones with a reason, has the rest
// encoded and scored, decides on each by package verdict, joins the frames of one
// part by N-of-M, and hands one Result a part (or a frame, where the source knows
// no parts) to its Sink. The frame of a Result is one that decided it, and says
// what was dropped before it.
//
// Promises: PASS is never the fallback when something breaks. A frame that is
// unfit, stale or cannot be scored is INVALID with its reason, and a camera
// that is silent for longer than its limit is INVALID no_frame. A part of
// which no frame was fit is INVALID. A frame is scored by one bank only.
//
// Non-promises: no I/O, no retrying, no wall clock of its own: the clock, the
// encoder and the sink are passed in.
//
// A Gate inspects parts on request instead: frames pass only after a trigger,
// and the verdict is its answer.
//
// Package health decides which frames are fit; package track names the parts where
// the source does not.
//
// A Station is run by one goroutine; Check may be called from another. Results
// and the pictures in them are valid during the call to Sink.Publish only.
package inspect
