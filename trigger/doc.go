// Package trigger has parts inspected at request over HTTP.
//
//	server.Handle("POST /trigger", trigger.Handler(agent.Trigger))
//
//	curl -X POST 'http://127.0.0.1:8080/trigger?camera=belt&part=A-17'
//	{"part":"A-17","verdict":"PASS","defect":0.12,"shadow":false,"took_ms":84.5}
//
// The answer comes when the verdict is there. Its status says what became of
// the trigger: 200 a verdict; 409 the part was triggered already; 429 another
// part is being inspected; 504 no frame or no verdict in time (the part is
// INVALID); 404 no camera of that name that waits for triggers; 503 the agent
// is still starting; 400 a query that could name another part than was meant: a
// bad percent-encoding, a name that is not UTF-8, a parameter given twice. Every
// answer is JSON and has a verdict: INVALID wherever there is no other.
//
// While the prompt set is in shadow (not armed), shadow is true and shadow_reason
// says why: the verdict is for display, and nothing may act on it.
//
// A web page cannot trigger parts: requests that a browser sends from another
// site are refused.
package trigger
