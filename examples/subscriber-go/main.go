// Command subscriber prints the verdicts of all stations, each once, and says what
// is missing. It keeps its position in a file, so that it goes on there after a
// restart.
//
//	go run . nats://127.0.0.1:4222 position.json
//
// A third argument ends it after so many events.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"

	"pristine/events"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "Usage: subscriber URL POSITION-FILE [EVENTS]")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, url, file string, more []string) error {
	limit := 0
	if len(more) > 0 {
		n, err := strconv.Atoi(more[0])
		if err != nil {
			return err
		}
		limit = n
	}
	position, err := load(file)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	handled := 0
	report, err := events.Subscribe(ctx, events.Hub{URL: url}, events.SubscribeOptions{All: true, Position: position}, func(r events.Received) error {
		if r.Missing > 0 {
			fmt.Printf("%s: %d missing\n", r.Source, r.Missing)
		}
		handle(r)
		if handled++; handled == limit {
			stop()
		}
		return nil
	})
	// A program that acts on events stores its position after each one.
	if saved := save(file, position); saved != nil {
		return errors.Join(err, saved)
	}
	fmt.Printf("%d events, %d missing\n", report.Events, report.Missing)
	return err
}

// handle acts on a verdict. One in shadow is for display only.
func handle(r events.Received) {
	result, err := r.Result()
	if err != nil {
		return // a state or an alarm
	}
	note := ""
	if result.Shadow {
		note = " (shadow)"
	}
	fmt.Printf("%s %d %s %s%s\n", r.Source, r.Sequence, result.Part, result.Verdict, note)
}

func load(file string) (*events.Position, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return new(events.Position), nil
	}
	if err != nil {
		return nil, err
	}
	position := new(events.Position)
	if err := json.Unmarshal(data, position); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return position, nil
}

func save(file string, position *events.Position) error {
	data, err := json.Marshal(position)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
