// Package history keeps what a station has seen: the embedding of each result's
// deciding frame, with a small picture, so that it can be searched.
//
//	reader, err := history.Open(ctx, hub, bundleHash)
//	err = reader.Each(ctx, after, func(sequence uint64, s *history.Seen) error { … })
//	jpeg, err := reader.Thumb(ctx, sequence)
//
// It is a JetStream stream beside the events, on the device only: package outbox
// makes it and writes to it, and whoever may read the station's events may read
// it. JetStream bounds it by bytes, oldest first, and survives a power cut.
//
// Promises: each bundle has a subject of its own, and a Reader gives what was
// seen by its bundle only: embeddings of two bundles are never mixed. A message
// that is damaged is left out and counted, never given.
//
// Non-promises: a result may be missing, where the disk was short or slower than
// the line: events come first.
//
// A Reader belongs to one goroutine.
package history
