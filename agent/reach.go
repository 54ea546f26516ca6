package agent

import (
	"context"
	"errors"
	"fmt"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/capture/source"
	"pristine/internal/config"
)

// ReachCamera opens a camera as an agent does, and reads a frame.
func ReachCamera(ctx context.Context, c *config.Camera) error {
	a, err := address.Parse(c.Source)
	if err != nil {
		return err
	}
	opened, err := source.Open(ctx, a, sourceOptions(c))
	if err != nil {
		return err
	}
	defer opened.Close()
	var f capture.Frame
	if err := opened.Read(ctx, &f); err != nil && !errors.Is(err, capture.ErrIdle) {
		return fmt.Errorf("read a frame of %s: %w", capture.Redact(c.Source), err)
	}
	return nil
}

// ReachHub connects to the hub as an agent does, and asks for its JetStream.
func ReachHub(ctx context.Context, c *config.Config) error {
	hub := Hub(c)
	conn, err := hub.Connect(false)
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := hub.JetStream(conn)
	if err != nil {
		return err
	}
	if _, err := js.AccountInfo(ctx); err != nil {
		return fmt.Errorf("ask the hub for JetStream: %w: enable jetstream in its configuration, and for this user's account", err)
	}
	return nil
}

// sourceOptions are those of the configuration.
func sourceOptions(c *config.Camera) source.Options {
	return source.Options{OpenTimeout: c.OpenTimeout, ReadTimeout: c.ReadTimeout, UserFile: c.UserFile, PasswordFile: c.PasswordFile}
}
