// Package recording records the frames of a camera and plays them back.
//
//	w, err := recording.Create("rec/belt", encodePNG)
//	err = w.Write(&frame)                     // until w.Close()
//	source, err := recording.Open("rec/belt", recording.Options{Decode: decode})
//
// A recording is a folder with one lossless picture per frame, and frames.jsonl with a
// line for each: its file, size, SHA-256, capture time, part, and the frames dropped
// before it. Other tools may read it.
//
// Promises: a frame comes back with the same pixels, capture time, name and part. A
// damaged frame comes back damaged, without pixels. So does a frame whose picture was
// changed or lost; Bad is called for it. A line that a crash cut off ends the
// recording before it. An existing recording is never overwritten.
//
// Clock returns the time of the recording, so that a replay does not depend on the
// current time.
//
// Non-promises: frames are not synced to the disk one by one. The supervisor
// renumbers the sequence.
//
// A Writer and a source belong to one goroutine each.
package recording
