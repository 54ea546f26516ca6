package service

import (
	"context"
	"fmt"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Ready says that the program does its work.
func Ready() error { return notify(daemon.SdNotifyReady) }

// Stopping says that it is on its way out.
func Stopping() error { return notify(daemon.SdNotifyStopping) }

// Status returns the line that `systemctl status` shows, and asks for more time
// to start: for a step such as the building of an engine, extend is how long
// the next call may take to come.
func Status(text string, extend time.Duration) error {
	state := "STATUS=" + text
	if extend > 0 {
		state += fmt.Sprintf("\nEXTEND_TIMEOUT_USEC=%d", extend.Microseconds())
	}
	return notify(state)
}

func notify(state string) error {
	if _, err := daemon.SdNotify(false, state); err != nil {
		return fmt.Errorf("tell systemd: %w", err)
	}
	return nil
}

// Watch feeds systemd's watchdog after each probe that succeeds, twice in the
// time that systemd allows, until ctx ends. Without a watchdog it returns at
// once.
func Watch(ctx context.Context, probe func(context.Context) error) error {
	limit, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		return fmt.Errorf("read systemd's watchdog settings: %w", err)
	}
	if limit == 0 {
		return nil
	}
	ticks := time.NewTicker(limit / 2)
	defer ticks.Stop()
	for {
		if probe(ctx) == nil {
			if err := notify(daemon.SdNotifyWatchdog); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
	}
}
