package main

import (
	"context"

	"pristine/internal/alive"
)

type aliveCommand struct {
	Page string `default:"http://127.0.0.1:8080" placeholder:"URL" help:"Address of the agent's page (default: ${default})."`
}

// Run asks the agent.
func (c *aliveCommand) Run(ctx context.Context) error { return alive.Ask(ctx, c.Page) }
