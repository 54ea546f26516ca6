// Package capture provides the newest frame of each camera continuously.
//
//	slot := capture.NewLatest(capture.Newest)
//	go capture.Supervise(ctx, capture.Options{Name: "belt", Open: open}, slot)
//	var f capture.Frame
//	for slot.Take(ctx, &f) == nil { … }
//
// A Source has one blocking Read and does not retry. Supervise is the one loop that
// opens, reads, times out, backs off and retries, for every kind of source. Latest is
// the slot between source and station. A Fan is a slot for several stations, and a
// Pace reduces the frame rate for one of them.
//
// The cause of a failure is one of the sentinel errors in causes.go. Cause returns its
// stable code for events, status and metrics. The error's text is for people.
//
// Promises: a live camera never queues: the newest frame wins, and dropped frames are
// counted by cause (Drops), including those of a Pace. Each frame has the number of
// frames dropped before it. A finite source (policy every) never skips a frame, and a
// source that restarts from its beginning never delivers a frame twice. Any other read
// or open that exceeds its deadline is abandoned and counted, and the camera is
// reopened. At most MaxAbandoned of them hang at once. The back-off grows to MaxWait,
// and is reset only after the camera has delivered for HealthyAfter. When Supervise
// returns, only abandoned reads may still have a goroutine.
//
// Non-promises: Supervise does not know that a pipeline (gst://) reads a file, and
// reopens it at its end. An abandoned read that hangs in C cannot be cancelled. It
// keeps its thread until it returns, and then closes its source.
//
// Memory: a Frame owns its Pix. Put and Take swap buffers with the slot, so that three
// buffers per camera circulate and no frame allocates.
package capture
