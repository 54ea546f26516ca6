// Package web serves what people and programs ask an agent over HTTP: the
// operator's page, its status as JSON, its health and its metrics.
//
//	server, err := web.Listen("127.0.0.1:8080", web.Options{Status: agent.status, Picture: agent.picture})
//	defer server.Close()
//	go server.Serve()
//
//	/                  the operator's page
//	/status            Status, as JSON
//	/healthz           200 while the model is READY or DEGRADED and every camera is
//	                   inspected, else 503 and the problems
//	/metrics           Prometheus
//	/pictures/{id}     JPEG of a result, by the id that /status gives
//
// Promises: everything is read only, unless more handlers are registered with
// Handle. A server that listens on a loopback address answers only requests
// that name one, so that a web site cannot reach it through a name of its own.
// The page loads nothing from elsewhere, and says so when what it shows is old.
//
// Non-promises: no users and no TLS: beyond the machine, put a proxy in front
// that has both.
//
// Options' functions are called by many goroutines at once.
package web
