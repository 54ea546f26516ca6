// Package otlp receives traces over OTLP, for tests.
//
//	r := otlp.Listen(t)
//	… send traces to r.URL …
//	spans := r.Spans()
//
// It speaks the protocol (protobuf over HTTP, gzip) with the messages of
// opentelemetry-proto, and refuses what a collector would refuse. Safe for concurrent
// use.
package otlp
