// Package natsserver stops NATS servers that run within a process.
//
//	conn.Close()
//	natsserver.Stop(server)
//
// Promises: when Stop returns, the server has stopped, with all goroutines of its
// streams. It waits at most five seconds for JetStream requests in progress.
//
// Non-promises: Stop does not wait for requests that a client sends meanwhile. Close
// the connections first.
//
// Stop is safe for concurrent use.
package natsserver
