package main

import (
	"fmt"

	"pristine/internal/completion"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help implements kong.HelpProvider.
func (*completionCommand) Help() string {
	return "Add this to your shell's start: source <(edge completion bash), and the same with zsh; edge completion fish | source."
}

func (c *completionCommand) Run(s *streams) error {
	script, err := completion.Script(c.Shell)
	if err == nil {
		_, err = fmt.Fprint(s.out, script)
	}
	return err
}
