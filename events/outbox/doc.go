// Package outbox stores a station's events until the plant's NATS has them.
//
//	store, err := outbox.Open(ctx, outbox.Options{Dir: "data/events", Station: station})
//	evidence, err := store.PutEvidence(ctx, "FAIL", jpeg)
//	event, err := store.Append(ctx, events.TypeResult, events.Result{…})
//	err = store.Forward(ctx, outbox.ForwardOptions{Hub: hub})
//
// A Store is an embedded nats-server with a JetStream stream on the device's
// disk. A plant without a hub reads that server directly. With a hub, Forward moves the
// events there. Package events lists the promises.
//
// Load: the target is eight cameras with 500 events a second in total, each with 100 KB
// of evidence, for 60 s (PRISTINE_SOAK=1 go test -v -run UnderLoad ./events/outbox). Two
// busy cores of a virtual machine with a shared disk stored 476 and 414 a second in two
// runs, with a median of 2 and 15 ms and a p99 of 60 ms. The hub, on the same disk, got
// 345 and 126 a second meanwhile and the rest in the 24 and 34 s after. Nothing was lost.
// On a quieter disk all 500 were stored in a run of two seconds; 60 s were not tried.
// The time is spent in fsync: three per event with a picture, two for the picture and
// one for the event (make soak ends with a benchmark of both). A remote hub gets one
// event per round trip, and one with a picture every three.
//
// A Store is safe for concurrent use, with one Forward per Store. Pictures passed to
// PutEvidence must not be changed afterwards. Nothing is reachable from outside this
// process unless Options.Listen is set. Clients there may read and send requests, but
// not publish events.
package outbox
