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
// What it holds: eight cameras with 500 events a second together, each with
// 100 KB of evidence, for 60 s (PRISTINE_SOAK=1 go test -v -run UnderLoad
// ./events/outbox). Two busy cores of a virtual machine, whose disk others wrote
// to, stored 476 and 414 a second in two runs, half of them within 2 and 15 ms
// and 99 in a hundred within 60 ms; the hub, on the same disk, got 345 and 126 a
// second meanwhile and the rest in the 24 and 34 s after. Nothing was lost. Two
// seconds of it on a quieter disk held all 500; 60 s of that were not seen. The
// time goes into fsync, three an event with a picture: two for the picture, one
// for the event (make soak ends with a benchmark of both). A hub far away gets
// an event a round trip, and one with a picture every three.
//
// A Store is safe for concurrent use; one Forward a Store. Pictures given to
// PutEvidence must not be changed afterwards. Nothing listens beyond this
// process unless Options.Listen says so, and who connects there may read and
// ask, not write among the events.
package outbox
