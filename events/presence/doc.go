// Package presence tells subscribers which stations are there, from the hub itself.
//
// A station keeps its key in the bucket qc-presence, which has a limited lifetime
// and is renewed twice a heartbeat. When nothing renews it, the hub deletes it and
// tells every subscriber: the station is gone. A station that stops deletes the key
// itself: it is stopped.
//
//	err := presence.Watch(ctx, events.Hub{URL: "nats://hub:4222"}, func(c presence.Change) { … }, nil)
//
// Promises, each with its test:
//
//   - within 3 heartbeats of a kill, subscribers learn that the station is gone:
//     TestAnnounce_KilledStationIsGoneWithinThreeHeartbeats
//   - a station that stops is stopped, not gone: TestAnnounce_StoppedStation
//   - a station is present again after a restart of the hub, also to a subscriber
//     that was there before: TestAnnounce_HubRestarts
//   - a hub that does not permit it is reported once, and costs nothing else:
//     TestAnnounce_HubForbidsIt
//
// Non-promises: a station that is cut off from its hub is gone as well: the hub
// cannot tell a dead box from a dead cable. Lifetimes are whole seconds at the hub,
// so heartbeats below one second count as one. A hub keeps the word "gone" for
// MarkerAge; then the station is unknown. A hub before nats-server 2.11 has no
// lifetimes for keys: go by heartbeats there (package fleet does). A leaf node's
// bucket is its own: watch the server that the station is connected to.
//
// Announce and Watch run until their context ends; they close what they open.
package presence
