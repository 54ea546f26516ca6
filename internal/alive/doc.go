// Package alive asks a running agent's page whether the agent works, for containers
// that have no other client.
//
//	err := alive.Ask(ctx, "http://127.0.0.1:8080")
//
// It reads /livez, which says nothing of whether parts are inspected: see /readyz.
package alive
