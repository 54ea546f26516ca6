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

import "strings"

// Block is one block of commands.
type Block struct {
	Line   int    // of its fence, from 1
	Text   string // without its indentation
	Demo   bool   // beside the running demo
	NotRun bool
	Reason string // why it is not run
}

// Blocks returns the blocks of a page, in order.
func Blocks(text string) (all []Block) {
	var open *Block
	fenced, indent := false, ""
	for n, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimLeft(line, " ")
		info, isFence := strings.CutPrefix(trimmed, "```")
		switch {
		case isFence && !fenced:
			fenced, indent = true, line[:len(line)-len(trimmed)]
			if language, how, _ := strings.Cut(info, " "); language == "sh" || language == "bash" {
				open = &Block{Line: n + 1, Demo: how == "demo"}
				open.Reason, open.NotRun = strings.CutPrefix(how, "not run: ")
				if !open.NotRun {
					open.Reason = ""
				}
			}
		case isFence:
			if open != nil {
				all = append(all, *open)
			}
			fenced, open = false, nil
		case open != nil:
			open.Text += strings.TrimPrefix(line, indent) + "\n"
		}
	}
	return all
}
