// Package problem describes what is wrong with an agent, for people and for
// programs.
//
//	p := problem.New(problem.CameraWaiting, "belt", "auth", "camera belt delivers no frames: …")
//	p.Severity // problem.Critical: no verdict of this camera can be trusted
//
// A problem has a stable code, and the code decides its severity: one table,
// Kinds, holds both. Status, page, metrics and events show the same problems,
// and the severity decides what the health endpoints answer:
//
//	            /healthz   /readyz              /fitz
//	critical    503        503 where NotReady   503 for the stations that have it
//	error       503        503 where NotReady   200
//	warning     200        200                  200
//
// A Problem is a value; nothing here is safe or unsafe for concurrent use.
package problem
