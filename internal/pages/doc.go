// Package pages reads the blocks of commands in the documentation, for the tests
// that run them.
//
//	for _, block := range pages.Blocks(text) { … }
//
// A block begins with ```sh or ```bash. What follows on that line says how it is
// run: nothing for a shell in a fresh clone, "demo" for a shell beside the running
// demo, one command after the other, and "not run: REASON" for what cannot be.
//
// Non-promises: it knows fences of three backticks only, indented or not.
package pages
