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
