// Package console shows a running agent to whoever started it.
//
//	terminal := console.New(os.Stdout)
//	agent.New(agent.Options{Terminal: terminal, …}).Run(ctx)
//
// A result that is not PASS has a line that stays. On a terminal a block below
// these lines shows rate and counts; elsewhere a line every few seconds does.
//
// Promises: on a terminal no line of the block wraps, whatever its width. The log
// of a run may be written to a Console: its lines stay above the block.
//
// Non-promises: it is for people; programs subscribe to events.
//
// A Console is safe for concurrent use; Finish waits for what Start began.
package console
