package agent

import (
	"context"
	"errors"
	"fmt"

	"pristine/capture"
	"pristine/capture/source"
	"pristine/events"
	"pristine/events/hubcheck"
	"pristine/internal/config"
)

// mostDamaged is how many frames are read in search of a usable one. A stream may begin
// between two key frames.
const mostDamaged = 300

// ReachCamera opens a camera as an agent does and reads a usable frame.
func ReachCamera(ctx context.Context, c *config.Camera) error {
	opened, err := source.Open(ctx, c.Source, sourceOptions(c))
	if err != nil {
		return err
	}
	defer opened.Close()
	var f capture.Frame
	for range mostDamaged {
		last := f.Damaged
		f.Damaged = ""
		switch err := opened.Read(ctx, &f); {
		case errors.Is(err, capture.ErrIdle):
			return nil
		case err != nil && last != "": // it ends, or its time is over
			return fmt.Errorf("read a frame of %s: no frame is usable: %s", c.Source, last)
		case err != nil:
			return fmt.Errorf("read a frame of %s: %w", c.Source, err)
		case f.Damaged == "":
			return nil
		}
	}
	return fmt.Errorf("read a frame of %s: none of %d frames is usable: %s", c.Source, mostDamaged, f.Damaged)
}

// ReachHub connects to the hub as an agent does, and checks whether it accepts the
// station's events. It needs only the permissions of deploy/nats/hub.conf.
func ReachHub(ctx context.Context, c *config.Config) error {
	place := events.Station{Site: c.Station.Site, Line: c.Station.Line, Name: c.Station.Name}
	report, err := hubcheck.Examine(ctx, Hub(c), place, hubcheck.Options{})
	if err != nil {
		return err
	}
	var wrong []error
	for _, f := range report.Faults {
		switch f.Part {
		case hubcheck.Pictures, hubcheck.Retention: // events are still sent
		case hubcheck.Stream:
			wrong = append(wrong, fmt.Errorf("ask the hub for JetStream: %w", f.Cause))
		default:
			wrong = append(wrong, f.Cause)
		}
	}
	return errors.Join(wrong...)
}

// sourceOptions returns the options of the camera's source.
func sourceOptions(c *config.Camera) source.Options {
	return source.Options{OpenTimeout: c.OpenTimeout, ReadTimeout: c.ReadTimeout, UserFile: c.UserFile, PasswordFile: c.PasswordFile}
}
