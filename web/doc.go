// Package web is an agent's HTTP server, and what programs ask of it: its status as
// JSON, its health and its metrics. Package page adds the screens for people.
//
//	server, err := web.Listen("127.0.0.1:8080", web.Options{Status: agent.status, Live: agent.live, Picture: agent.picture})
//	defer server.Close()
//	go server.Serve()
//
//	/status            Status, as JSON
//	/livez             200 while the agent's state can be read and its store answers:
//	                   else restart it
//	/readyz            200 while the model is ready and every camera has given a frame
//	/fitz              200 while the verdicts of every station can be trusted, as
//	                   JSON; ?station=NAME asks about one
//	/healthz           200 while no problem is critical or an error, else 503 and the
//	                   problems, one a line
//	/metrics           Prometheus
//	/pictures/{id}     JPEG of a result, by the id that /status gives
//
// The severity of a problem decides what the health endpoints answer: package
// problem has the rule, and docs/problems.md every code.
//
// Promises: everything is read only, unless more handlers are registered with
// Handle. Every route has a role, which Options.Access holds requests to. A server that listens on a loopback address answers only requests
// that name one, so that a web site cannot reach it through a name of its own.
// Requests of other sites that would change something are refused.
//
// Non-promises: without Options.Access anybody who reaches the address may do
// everything; without CertFile what is sent can be read on the way.
//
// Options' functions are called by many goroutines at once.
package web
