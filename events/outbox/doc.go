// Package outbox keeps what a station says until the plant's NATS has it.
//
//	store, err := outbox.Open(ctx, outbox.Options{Dir: "data/events", Station: station})
//	evidence, err := store.PutEvidence(ctx, "FAIL", jpeg)
//	event, err := store.Append(ctx, events.TypeResult, events.Result{…})
//	err = store.Forward(ctx, outbox.ForwardOptions{Hub: hub})
//
// A Store is an embedded nats-server with a JetStream stream on the device's
// disk. Without a hub of its own, a plant reads that server directly; with
// one, Forward moves the events there. Package events says what is promised.
//
// What it holds on a disk: make soak ends with a benchmark. Two busy cores of a
// virtual machine with ext4 stored 910 events a second, and 320 with 100 KB of
// evidence each, every write synced; 500 with evidence were not held.
//
// A Store is safe for concurrent use; one Forward a Store. Pictures given to
// PutEvidence must not be changed afterwards. Nothing listens beyond this
// process unless Options.Listen says so, and who connects there may read and
// ask, not write among the events.
package outbox
