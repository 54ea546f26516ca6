// Package agent is the running inspection agent: cameras and their stations,
// the event store, control over NATS, the page's data, and the inputs and
// outputs of the line.
//
//	a := agent.New(agent.Options{Config: settings, Version: version, Log: log, Terminal: console})
//	err := a.Run(ctx)
//
// Run starts the agent's parts in the order of one list (parts, in start.go)
// and stops them in the reverse order when ctx ends or all cameras have ended.
//
// Promises: frames that were captured before ctx ended are still inspected, and
// the part in view gets its verdict. Every goroutine that a part starts has
// ended when Run returns. A failure of one camera does not stop the others.
// The page answers from before the model is loaded until the cameras have
// ended.
//
// Non-promises: the agent prints nothing itself; a Terminal may. It does not
// read command lines or configuration files.
//
// An Agent runs once.
package agent
