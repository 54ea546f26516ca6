// Package recording records the frames of a camera and plays them back.
//
//	w, err := recording.Create("rec/belt", encodePNG)
//	err = w.Write(&frame)                     // until w.Close()
//	source, err := recording.Open("rec/belt", recording.Options{Decode: decode})
//
// A recording is a folder: one lossless picture a frame, and frames.jsonl with
// a line for each: its file, size, SHA-256, time of capture, part, and what was
// dropped before it. Other tools may read it.
//
// Promises: a frame comes back with the same pixels, time of capture, name and
// part; one that was damaged comes back as a damaged frame without pixels, and so
// does one whose picture was changed or lost, which Bad is called for; a line that was cut off by a crash ends the recording before it. An existing
// recording is never written over.
//
// Clock tells the time of the recording, so that a replay depends on no other.
//
// Non-promises: nothing is synced to the disk frame by frame. The sequence is
// numbered anew by the supervisor.
//
// A Writer and a source belong to one goroutine each.
package recording
