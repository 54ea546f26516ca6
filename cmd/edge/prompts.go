package main

// promptsCommand groups the commands for prompt sets.
type promptsCommand struct {
	Lint    lintCommand    `cmd:"" help:"Warn of prompts that the model is likely to misread, and say why."`
	Rank    rankCommand    `cmd:"" help:"Measure what each prompt of a set contributes, and what it lacks."`
	Explain explainCommand `cmd:"" help:"Say why a picture gets its score: texts, references, map."`
}
