package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/history"
	"pristine/internal/ask"
	"pristine/internal/config"
	"pristine/internal/printing"
	"pristine/internal/usage"
	"pristine/users"
)

type userCommand struct {
	Add    userAddCommand    `cmd:"" help:"Add a user, or change the role and password of one."`
	List   userListCommand   `cmd:"" help:"List the users."`
	Remove userRemoveCommand `cmd:"" help:"Remove a user; sessions end at once."`
}

// usersFlags name an agent's users on this machine.
type usersFlags struct {
	Config string `placeholder:"FILE" help:"Configuration of the agent, for its users file; without one, the defaults."`
}

func (f *usersFlags) open() (*config.Config, *users.File, error) {
	c, err := config.Load(f.Config)
	if err != nil {
		return nil, nil, usage.Error(err)
	}
	return c, users.OpenFile(c.Users()), nil
}

// audit writes who changed the users into the agent's trail.
func auditUsers(ctx context.Context, c *config.Config, name, before, after string) error {
	if c.History.MaxBytes == 0 {
		return nil
	}
	who := "unknown"
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	return history.RecordChange(ctx, c.HistoryDir(), history.Change{Who: who, Kind: "user", Object: name, Before: before, After: after})
}

type userAddCommand struct {
	Name         string `arg:"" help:"Name of the user."`
	Role         string `enum:"operator,engineer,admin" default:"operator" help:"operator: look and review. engineer: also sets, references, arming. admin: also users and configuration (default: ${default})."`
	PasswordFile string `placeholder:"FILE" help:"File with the password (default: asked for, or the first line of standard input)."`
	usersFlags   `embed:""`
}

// Run adds the user.
func (c *userAddCommand) Run(ctx context.Context, s *streams) error {
	settings, file, err := c.open()
	if err != nil {
		return err
	}
	var role users.Role
	if err := role.UnmarshalText([]byte(c.Role)); err != nil {
		return usage.Error(err)
	}
	password, err := c.password(s)
	if err != nil {
		return err
	}
	before, err := file.Set(c.Name, role, password)
	if errors.Is(err, users.ErrName) || errors.Is(err, users.ErrPassword) {
		return usage.Error(err)
	}
	if err != nil {
		return err
	}
	was := ""
	if before != nil {
		was = before.Role.String()
	}
	if err := auditUsers(ctx, settings, c.Name, was, c.Role); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s is %s, in %s\n", c.Name, c.Role, file.Path())
	return nil
}

func (c *userAddCommand) password(s *streams) (string, error) {
	if c.PasswordFile != "" {
		data, err := os.ReadFile(c.PasswordFile)
		if err != nil {
			return "", usage.Error(fmt.Errorf("read password: %w", err))
		}
		return strings.TrimRight(string(data), "\r\n"), nil
	}
	return ask.Password(s.err, os.Stdin, "Password of "+c.Name)
}

type userListCommand struct {
	usersFlags `embed:""`
}

// Run lists the users.
func (c *userListCommand) Run(_ context.Context, s *streams) error {
	_, file, err := c.open()
	if err != nil {
		return err
	}
	all, err := file.List()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintf(s.out, "No users in %s.\n", file.Path())
		return nil
	}
	t := printing.Table(s.out)
	t.AppendHeader(table.Row{"Name", "Role"})
	for _, u := range all {
		t.AppendRow(table.Row{u.Name, u.Role})
	}
	t.Render()
	return nil
}

type userRemoveCommand struct {
	Name       string `arg:"" help:"Name of the user."`
	usersFlags `embed:""`
}

// Run removes the user.
func (c *userRemoveCommand) Run(ctx context.Context, s *streams) error {
	settings, file, err := c.open()
	if err != nil {
		return err
	}
	u, err := file.Find(c.Name)
	if err == nil {
		err = file.Remove(c.Name)
	}
	if errors.Is(err, users.ErrNoUser) {
		return usage.Error(err)
	}
	if err != nil {
		return err
	}
	if err := auditUsers(ctx, settings, c.Name, u.Role.String(), "removed"); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s is removed from %s\n", c.Name, file.Path())
	return nil
}
