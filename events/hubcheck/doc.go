// Package hubcheck examines a hub as a station's agent uses it, and stores nothing
// there.
//
//	report, err := hubcheck.Examine(ctx, hub, station, hubcheck.Options{})
//	for _, f := range report.Faults {
//		fmt.Println(f.Part, f.Cause)
//	}
//
// It connects with the agent's own credentials, asks the server about each subject
// that the agent publishes or subscribes to, reads the state of the event stream and
// of the bucket with pictures, and compares the clocks.
//
// A permission to publish is tested without a message. The server refuses each message
// whose reply is a subject that it keeps for itself, and checks the permission before
// that. Its log shows the refusal.
//
// Promises: no message is published, no stream and no consumer is made or changed.
// An error of Examine means that the hub cannot be reached or refuses the user, and
// holds an events.HubError.
//
// Non-promises: a permission that ends later and limits of the account are not
// found.
//
// Examine may be called by many goroutines at once.
package hubcheck
