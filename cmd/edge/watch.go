package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"pristine/events"
)

type watchCommand struct {
	URL     string        `default:"nats://127.0.0.1:4222" help:"NATS server of an agent or of the plant (default: ${default})."`
	Subject string        `default:"qc.>" help:"Which events (default: ${default})."`
	Since   time.Duration `placeholder:"DURATION" help:"Begin so long ago, such as 10m."`
	All     bool          `help:"Begin with the first event that is stored."`
	JSON    bool          `name:"json" help:"One JSON event a line."`
}

func (c *watchCommand) Run(ctx context.Context, s *streams) error {
	o := events.SubscribeOptions{Subject: c.Subject, All: c.All}
	if c.Since > 0 {
		o.Since = time.Now().Add(-c.Since)
	}
	report, err := events.Subscribe(ctx, events.Hub{URL: c.URL}, o, func(r events.Received) error {
		if c.JSON {
			return json.NewEncoder(s.out).Encode(map[string]any{"id": r.ID, "type": r.Type, "source": r.Source, "time": r.Time, "sequence": r.Sequence, "data": r.Data})
		}
		fmt.Fprintln(s.out, describe(r))
		return nil
	})
	fmt.Fprintf(s.err, "%d events, %d missing, %d duplicates left out, %d refused\n", report.Events, report.Missing, report.Duplicates, report.Refused)
	return err
}

func describe(r events.Received) string {
	text := fmt.Sprintf("%s %-6s", r.Time.Local().Format("15:04:05.000"), r.Type)
	if result, err := r.Result(); err == nil {
		text += fmt.Sprintf(" %-7s %-8s %-13s P(defect) %.2f %s %s", result.Verdict, result.Camera, result.Part, result.Defect, result.Likeliest, result.Reason)
		if result.Shadow {
			text += " (shadow)"
		}
	} else {
		text += " " + string(r.Data)
	}
	if r.Missing > 0 {
		text += fmt.Sprintf(" [%d missing before]", r.Missing)
	}
	return text
}
