// Package testhub starts NATS servers for tests, within the test's process.
//
//	s := testhub.Start(t, `listen: "127.0.0.1:-1"`)
//	conn, err := nats.Connect(s.ClientURL())
//
// Promises: a server that Start returns accepts connections, and is gone when the test
// has ended. Tests may start many at once.
package testhub
