// Package web is an agent's HTTP server, with its status as JSON, its health endpoints
// and its metrics. Package page adds the screens for people.
//
//	server, err := web.Listen("127.0.0.1:8080", web.Options{Status: agent.status, Live: agent.live, Picture: agent.picture})
//	defer server.Close()
//	go server.Serve()
//
//	/status            Status, as JSON
//	/livez             200 while the agent's state can be read and its store answers;
//	                   otherwise restart the agent
//	/readyz            200 while the model is ready and every camera has delivered a frame
//	/fitz              200 while the verdicts of every station can be trusted, as
//	                   JSON; ?station=NAME asks about one
//	/healthz           200 while no problem is critical or an error, otherwise 503 and the
//	                   problems, one per line
//	/metrics           Prometheus
//	/pictures/{id}     JPEG of a result, by its id in /status
//
// The severity of a problem determines the health endpoints' answer: package problem
// has the rule, and docs/problems.md every code.
//
// Promises: everything is read-only, unless more handlers are registered with Handle.
// Every route has a role, which Options.Access enforces. A server on a loopback address
// only answers requests for a loopback name, so that a web site cannot reach it through
// its own name (DNS rebinding). Requests from other sites that would change something
// are refused.
//
// Non-promises: without Options.Access everybody who can reach the address may do
// everything. Without CertFile the traffic is not encrypted.
//
// Options' functions are called by many goroutines at once.
package web
