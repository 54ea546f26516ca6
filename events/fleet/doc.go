// Package fleet lists the agents whose events a NATS server has.
//
//	members, err := fleet.List(ctx, events.Hub{URL: "nats://hub:4222"}, time.Now())
//
// Promises: every station that has said anything that the stream still holds
// is listed, with its last heartbeat of the last Window; an agent whose
// heartbeat is older than three of its intervals is silent. Where the hub shows
// presence, a station that it lost is gone and one that was stopped is stopped, since
// when is told, and heartbeats after that count more. Non-promises: what
// waits on a device that is cut off is not here yet. List opens a connection
// of its own and closes it; nothing is kept.
package fleet
