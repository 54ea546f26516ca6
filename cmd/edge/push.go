package main

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"time"

	"pristine/events"
	"pristine/events/control"
	"pristine/events/fleet"
	"pristine/internal/signature"
	"pristine/internal/usage"
	"pristine/prompts"
)

// target is the camera whose prompt set is changed.
type target struct {
	hubFlags `embed:""`
	Station  string        `required:"" placeholder:"SITE.LINE.NAME" help:"Station of the agent, as edge fleet lists it."`
	Camera   string        `required:"" placeholder:"NAME" help:"Name of its camera."`
	By       string        `placeholder:"NAME" help:"Who pushes, for the record (default: USER@HOST)."`
	Wait     time.Duration `default:"30s" help:"How long to wait for the agent's answer (default: ${default})."`
}

// by returns who pushes.
func (t *target) by() string {
	if t.By != "" {
		return t.By
	}
	name, host := "unknown", "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if h, err := os.Hostname(); err == nil {
		host = h
	}
	return name + "@" + host
}

// with opens a connection, and calls do with the station.
func (t *target) with(ctx context.Context, do func(context.Context, *control.Pusher, events.Station) error) error {
	station, err := events.ParseStation(t.Station)
	if err != nil {
		return usage.Error(err)
	}
	ctx, cancel := context.WithTimeout(ctx, t.Wait)
	defer cancel()
	if err := fleet.Has(ctx, t.hub(), station, t.Camera); err != nil {
		return usage.Error(err)
	}
	p, err := control.OpenPusher(ctx, t.hub())
	if err != nil {
		return err
	}
	defer p.Close()
	return do(ctx, p, station)
}

// printAnswer prints an agent's answer; a refusal is an error.
func printAnswer(s *streams, status *control.SetStatus, err error) error {
	if err != nil {
		return err
	}
	if status.State == "refused" {
		return usage.Error(fmt.Errorf("the agent refuses revision %d: %s", status.Revision, status.Reason))
	}
	for _, warning := range status.Warnings {
		fmt.Fprintf(s.err, "warning: %s\n", warning)
	}
	fmt.Fprintf(s.out, "revision %d: %s (in effect: %d)\n", status.Revision, status.State, status.Armed)
	return nil
}

type pushCommand struct {
	Set    string `arg:"" type:"existingfile" help:"Prompt set."`
	Arm    bool   `help:"Put it into effect when the agent accepts it."`
	target `embed:""`
}

// Run stages a set, and arms it where that is wanted.
func (c *pushCommand) Run(ctx context.Context, s *streams) error {
	if _, err := prompts.Load(c.Set); err != nil {
		return usage.Error(err)
	}
	set, err := signature.Carry(c.Set)
	if err != nil {
		return err
	}
	return c.with(ctx, func(ctx context.Context, p *control.Pusher, station events.Station) error {
		revision, err := p.Push(ctx, station, c.Camera, set)
		if err != nil {
			return err
		}
		status, err := p.Await(ctx, station, c.Camera, revision, "acknowledged")
		if err := printAnswer(s, status, err); err != nil || !c.Arm {
			return err
		}
		if err := p.Arm(ctx, station, c.Camera, revision, c.by()); err != nil {
			return err
		}
		status, err = p.Await(ctx, station, c.Camera, revision, "armed")
		return printAnswer(s, status, err)
	})
}

type rollbackCommand struct {
	target `embed:""`
}

// Run puts the set into effect that was armed before.
func (c *rollbackCommand) Run(ctx context.Context, s *streams) error {
	return c.with(ctx, func(ctx context.Context, p *control.Pusher, station events.Station) error {
		revision, err := p.Rollback(ctx, station, c.Camera, c.by())
		if err != nil {
			return err
		}
		status, err := p.Await(ctx, station, c.Camera, revision, "armed")
		return printAnswer(s, status, err)
	})
}
