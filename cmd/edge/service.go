package main

import (
	"context"

	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/internal/service/unit"
)

// serviceCommand groups the commands for a service of systemd.
type serviceCommand struct {
	Install   serviceInstallCommand   `cmd:"" help:"Install and start a systemd service for this program and a configuration."`
	Uninstall serviceUninstallCommand `cmd:"" help:"Stop a service that edge service install made, and remove its unit."`
}

// unitFlags name a service.
type unitFlags struct {
	Unit string `default:"edge" placeholder:"NAME" help:"Unit of systemd; each agent of a machine has its own (default: ${default})."`
	Root string `type:"path" placeholder:"DIR" help:"Root folder of a machine image to prepare; nothing is started."`
}

type serviceInstallCommand struct {
	Config    string `required:"" placeholder:"FILE" help:"Configuration of the agent."`
	User      string `placeholder:"NAME" help:"User that the agent runs as (default: the owner of FILE; pristine, if that is root)."`
	DryRun    bool   `help:"Print the unit, and change nothing."`
	unitFlags `embed:""`
}

// Help is shown by edge service install --help.
func (serviceInstallCommand) Help() string {
	return "For machines without the Debian package, whose unit it shares. The program is not copied: leave it and the configuration where they are. The agent may write to the folders that the configuration names, and nowhere else.\n\nExample: sudo edge service install --config hex-bolt/edge.yaml"
}

// Run installs the service.
func (c *serviceInstallCommand) Run(ctx context.Context, s *streams) error {
	library, err := infer.Load("")
	if err != nil {
		return err
	}
	u, err := unit.New(ctx, unit.Options{Config: c.Config, Name: c.Unit, User: c.User, Root: c.Root, Runtime: library.Path, Bundles: bundle.Check, DryRun: c.DryRun})
	if err != nil {
		return err
	}
	return u.Install(ctx, s.out)
}

type serviceUninstallCommand struct {
	unitFlags `embed:""`
}

// Run removes the service.
func (c *serviceUninstallCommand) Run(ctx context.Context, s *streams) error {
	return unit.Uninstall(ctx, s.out, c.Unit, c.Root)
}
