package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pristine/agent"
	"pristine/agent/console"
	"pristine/capture"
	"pristine/capture/address"
	"pristine/internal/check"
	"pristine/internal/config"
	"pristine/internal/config/lastgood"
	"pristine/internal/progress"
	"pristine/internal/usage"
	"pristine/internal/version"
)

type runCommand struct {
	Config string        `placeholder:"FILE" help:"Configuration; without one, the defaults of configs/edge.yaml."`
	For    time.Duration `placeholder:"DURATION" help:"Stop after this time, such as 30s; else run until interrupted."`
	Replay string        `placeholder:"DIR" help:"Replay a recording made by edge record instead of the cameras."`
	Strict bool          `help:"Do not start with the last good configuration when FILE has mistakes."`
}

// Help is shown by edge run --help.
func (runCommand) Help() string {
	return "After each start the configuration is kept beside the folder of events, as DIR.last-good.yaml. When FILE has mistakes at a later start, the agent runs with that copy and reports the mistakes as problems, in its log, /status, /healthz and heartbeat. With --strict, or at the first start, it ends with exit code 2."
}

// Run runs an agent, with the last good configuration where the file is bad.
func (c *runCommand) Run(ctx context.Context, s *streams) error {
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, c.For, errDone)
		defer cancel()
	}
	var data []byte
	if c.Config != "" {
		data, _ = os.ReadFile(c.Config) // Load says why it cannot be read
	}
	good, missing := lastgood.Find(c.Config, data)
	ran := missing == nil && bytes.Equal(good.Data, data) && !c.Strict
	settings, err := config.Load(c.Config)
	if err == nil {
		err = c.check(ctx, s, settings, ran)
	}
	started := false
	if err == nil {
		if err = c.run(ctx, s, settings, nil, func() error { started = true; return c.saveLastGood(data, settings) }); started || !usage.Is(err) {
			return err
		}
	}
	if c.Strict || c.Config == "" || missing != nil || ran {
		return usage.Error(err)
	}
	settings, broken := config.LoadData(c.Config, good.Data)
	if broken != nil { // an older program took it
		return usage.Error(err)
	}
	return c.run(ctx, s, settings, mistakes(c.Config, err, good), nil)
}

// check opens what the configuration names, so that all mistakes are reported at
// once. Those that do not keep the agent from starting are logged.
func (c *runCommand) check(ctx context.Context, s *streams, settings *config.Config, ran bool) error {
	if c.Config == "" {
		return nil
	}
	file, err := config.Open(c.Config)
	if err != nil {
		return err
	}
	var wrong []error
	log := newLog(s, settings.Log)
	for _, f := range check.Configuration(ctx, file, check.Options{Starting: true, Ran: ran}) {
		if f.Stops && f.Level == check.Error {
			wrong = append(wrong, errors.New(f.String()))
			continue
		}
		log.Warn("configuration warning", "at", fmt.Sprintf("%s:%d", f.File, f.Line), "key", f.Key, "found", f.Message)
	}
	return errors.Join(wrong...)
}

// mistakes returns the problems of an agent that runs the last good configuration.
func mistakes(file string, err error, good *lastgood.Copy) []string {
	all := []string{fmt.Sprintf("%s has mistakes: the last good configuration runs, of %s (%s): correct the file and restart the agent",
		file, good.Saved.Local().Format(time.DateTime), good.Path)}
	for line := range strings.Lines(err.Error()) {
		all = append(all, capture.Redact(strings.TrimSpace(line)))
	}
	return all
}

// saveLastGood saves the configuration that the agent has started with.
func (c *runCommand) saveLastGood(data []byte, settings *config.Config) error {
	if c.Config == "" {
		return nil
	}
	return lastgood.Save(c.Config, data, settings.Events.Dir)
}

// run runs an agent with these settings and problems until it ends.
func (c *runCommand) run(ctx context.Context, s *streams, settings *config.Config, problems []string, started func() error) error {
	if c.Replay != "" {
		for i := range settings.Cameras {
			camera := &settings.Cameras[i]
			camera.Source = address.OfRecording(filepath.Join(c.Replay, camera.Name))
			if camera.Policy.FPS() == 0 {
				camera.Policy = capture.Every
			}
		}
	}
	terminal := console.New(s.out)
	if terminal.Live() && progress.IsTerminal(s.err) {
		s = &streams{out: s.out, err: terminal, verbose: s.verbose} // both write to one terminal
	}
	log := newLog(s, settings.Log)
	for _, problem := range problems {
		log.Error(problem)
	}
	onStart := func() {
		if started == nil {
			return
		}
		if err := started(); err != nil {
			log.Warn("the configuration has a mistake that would stop the next start", "err", err)
		}
	}
	return agent.New(agent.Options{Config: settings, Version: version.String(), Log: log, Terminal: terminal, Problems: problems, Started: onStart}).Run(ctx)
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
