// Package completion completes the program's commands and flags in a shell; files are the
// shell's own.
//
//	completion.Answer(parser, exit)       // before the arguments are parsed
//	text, err := completion.Script("bash") // what the user's shell reads once
//
// The shell calls the program itself with what was typed so far, in COMP_LINE: what
// is offered is always that of this version. It keeps no state.
package completion
