package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"pristine/agent"
	"pristine/capture"
	"pristine/internal/config"
	"pristine/internal/usage"
)

type runCommand struct {
	Config string        `placeholder:"FILE" help:"Configuration; without one, the defaults of configs/edge.yaml."`
	For    time.Duration `placeholder:"DURATION" help:"Stop after this time, such as 30s; else run until interrupted."`
	Replay string        `placeholder:"DIR" help:"Take the cameras' frames from a recording made by edge record."`
}

func (c *runCommand) Run(ctx context.Context, s *streams) error {
	settings := config.Default()
	if c.Config != "" {
		loaded, err := config.Load(c.Config)
		if err != nil {
			return usage.Error(err)
		}
		settings = *loaded
	}
	if c.Replay != "" {
		for i := range settings.Cameras {
			camera := &settings.Cameras[i]
			camera.Source = "replay://" + filepath.Join(c.Replay, camera.Name)
			if camera.Policy.FPS() == 0 {
				camera.Policy = capture.Every
			}
		}
	}
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, c.For, errDone)
		defer cancel()
	}
	v := newView(s.out)
	if v.screen.live() && newScreen(s.err).live() {
		s = &streams{out: s.out, err: v, verbose: s.verbose} // both write to one terminal
	}
	return agent.New(agent.Options{Config: &settings, Version: version, Log: newLog(s, settings.Log), Terminal: v}).Run(ctx)
}

// errDone is why a run ends whose time is up.
var errDone = errors.New("the time is up")

func newLog(s *streams, l config.Log) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(l.Level)) // the configuration allows known levels only
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(s.err, &slog.HandlerOptions{Level: level}))
	}
	return slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level}))
}
