// Package capture brings the newest frame of each camera, for ever.
//
//	slot := capture.NewLatest(capture.Newest)
//	go capture.Supervise(ctx, capture.Options{Name: "belt", Open: open}, slot)
//	var f capture.Frame
//	for slot.Take(ctx, &f) == nil { … }
//
// A Source has one blocking Read and knows nothing of retrying: Supervise is
// the one loop that opens, reads, gives up, waits and tries again, for every
// kind of source. Latest is the slot between the two sides; a Fan is one for
// several takers, and a Pace thins what one of them takes.
//
// Why a camera fails is one of the sentinel errors in causes.go. Cause returns
// the stable code of each, for events, status and metrics; the error's text is
// for people.
//
// Promises: a live camera never queues: the newest frame wins, and what is
// dropped is counted by cause (Drops), also by a Pace; each frame says what was
// dropped before it. A finite source (policy every) never skips, and a source
// that restarts from its beginning never gives a frame twice. Any other read, or
// an open, that does not return within its deadline is abandoned, counted, and
// the camera reopened; at most MaxAbandoned of them hang at once. Waits
// between attempts grow to MaxWait and are reset only after the camera has
// delivered for HealthyAfter. After Supervise has returned, it owns no
// goroutine but the abandoned.
//
// Non-promises: a pipeline (gst://) that reads a file is not known to restart,
// and is reopened when it ends; an abandoned read that hangs in C cannot be ended; it keeps
// its thread until it returns, and closes its source then.
//
// Memory: a Frame owns its Pix. Put and Take swap buffers with the slot, so
// that three buffers a camera circulate and nothing is allocated a frame.
package capture
