// Package events keeps what the stations say until the plant's NATS has it.
//
//	store, err := events.Open(ctx, events.Options{Dir: "data/events", Station: station})
//	evidence, err := store.PutEvidence(ctx, jpeg)
//	event, err := store.Append(ctx, events.TypeResult, events.Result{…})
//	err = store.Forward(ctx, hub)
//
// A Store is an embedded nats-server with a JetStream stream on the device's
// disk. Without a hub of its own, a plant reads that server directly; with
// one, Forward moves the events there.
//
// Promises: when Append has returned, the event is on the disk (the stream
// syncs each write). Its id is the stream's incarnation and its place in the
// stream, so that a retry is a duplicate that JetStream drops, places have no
// holes, and a stream that was made anew has ids of its own. Forward removes
// an event from nowhere before the hub's stream has acknowledged it, and keeps
// their order. Evidence is at the hub before the event that refers to it.
//
// Non-promises: the hub's duplicate window (an hour) bounds how long after an
// unanswered publish a retry is still dropped there; a subscriber that must
// not see one twice compares sequences, as Subscribe does. A full store drops
// its oldest events first, whatever they say; sequences then show the hole.
//
// A Store is safe for concurrent use. Nothing listens beyond this process
// unless Options.Listen says so.
package events
