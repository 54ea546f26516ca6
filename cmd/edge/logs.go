package main

import (
	"context"
	"log/slog"
	"time"

	"pristine/internal/journal"
)

type logsCommand struct {
	Follow bool          `short:"f" help:"Show new lines, too, until interrupted."`
	Since  time.Duration `default:"24h" placeholder:"DURATION" help:"How far back (default: ${default}); 0s: all."`
	Level  slog.Level    `default:"info" placeholder:"LEVEL" help:"debug, info, warn or error, and above (default: ${default})."`
	Unit   string        `default:"edge" placeholder:"NAME" help:"Unit of systemd (default: ${default})."`
}

// Help is shown by edge logs --help.
func (logsCommand) Help() string {
	return "Reads the journal of an agent that runs as a service, with log.format text or json: time, level, message, fields.\n\nExamples: edge logs --since 1h --level warn, edge logs -f"
}

// Run prints the log.
func (c *logsCommand) Run(ctx context.Context, s *streams) error {
	return journal.Show(ctx, s.out, journal.Options{Unit: c.Unit, Since: c.Since, Follow: c.Follow, Level: c.Level})
}
