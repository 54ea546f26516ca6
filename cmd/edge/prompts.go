package main

// promptsCommand groups the commands for prompt sets.
type promptsCommand struct {
	Lint    lintCommand    `cmd:"" help:"Warn about prompts that the model is likely to misread."`
	Rank    rankCommand    `cmd:"" help:"Measure what each prompt of a set contributes, and what it lacks."`
	Explain explainCommand `cmd:"" help:"Explain a picture's score: texts, references, heat map."`
}
