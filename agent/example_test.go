package agent_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"pristine/agent"
	"pristine/agent/console"
	"pristine/internal/config"
)

// Compiled, not run: it inspects until it is interrupted.
func ExampleAgent_Run() {
	settings, err := config.Load("configs/edge.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	a := agent.New(agent.Options{
		Config: settings, Version: "0.2.0",
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Terminal: console.New(os.Stdout),
	})
	if err := a.Run(context.Background()); err != nil {
		fmt.Println(err)
	}
}
