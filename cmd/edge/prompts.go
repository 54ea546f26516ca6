package main

// promptsCommand groups what is done with prompt sets.
type promptsCommand struct {
	Lint lintCommand `cmd:"" help:"Warn of prompts that the model is likely to misread, and say why."`
}
