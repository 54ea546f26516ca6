package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"pristine/agent"
	"pristine/capture"
	"pristine/capture/address"
	"pristine/capture/opencv"
	"pristine/capture/recording"
	"pristine/capture/source"
	"pristine/internal/config"
	"pristine/internal/usage"
)

type recordCommand struct {
	Config string        `placeholder:"FILE" help:"Configuration with the cameras to record; without one, the built-in camera."`
	Camera []string      `placeholder:"NAME" help:"Record only these cameras."`
	Out    string        `required:"" placeholder:"DIR" help:"Folder; each camera has one of its name below it."`
	For    time.Duration `default:"30s" placeholder:"DURATION" help:"Stop after this time (default: ${default})."`
}

// Help tells more with --help.
func (recordCommand) Help() string {
	return "Frames are kept without loss, with their times and parts. What comes faster than the disk takes it is dropped and counted.\n\n" +
		"Replay with `edge run --config FILE --replay DIR`, or with the source replay://DIR/CAMERA: the same frames give the same events."
}

// Run records the cameras side by side.
func (c *recordCommand) Run(ctx context.Context, s *streams) error {
	settings, err := config.Load(c.Config)
	if err != nil {
		return usage.Error(err)
	}
	cameras, err := chosen(settings.Cameras, c.Camera)
	if err != nil {
		return usage.Error(err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.For, errDone)
	defer cancel()
	var (
		running sync.WaitGroup
		lines   = make([]string, len(cameras))
		errs    = make([]error, len(cameras))
	)
	for i := range cameras {
		running.Go(func() { lines[i], errs[i] = record(ctx, s, &cameras[i], filepath.Join(c.Out, cameras[i].Name)) })
	}
	running.Wait()
	for _, line := range lines {
		if line != "" {
			fmt.Fprintln(s.out, line)
		}
	}
	return errors.Join(errs...)
}

// chosen gives the cameras of these names, or all.
func chosen(cameras []config.Camera, names []string) ([]config.Camera, error) {
	if len(names) == 0 {
		return cameras, nil
	}
	var out []config.Camera
	for _, name := range names {
		found := false
		for _, camera := range cameras {
			if camera.Name == name {
				out, found = append(out, camera), true
			}
		}
		if !found {
			return nil, fmt.Errorf("choose camera %q: the configuration has none of that name", name)
		}
	}
	return out, nil
}

// record keeps what a camera delivers until it or ctx ends, and says what it
// kept.
func record(ctx context.Context, s *streams, c *config.Camera, dir string) (string, error) {
	a, err := address.Parse(c.Source)
	if err != nil {
		return "", usage.Error(fmt.Errorf("camera %s: %w", c.Name, err))
	}
	w, err := recording.Create(dir, opencv.EncodePNG)
	if err != nil {
		return "", usage.Error(err)
	}
	slot := capture.NewLatest(agent.SlotPolicy(c, a))
	var capturing sync.WaitGroup
	captureCtx, stop := context.WithCancel(ctx)
	capturing.Go(func() {
		_ = capture.Supervise(captureCtx, capture.Options{
			Name: c.Name, Restarts: a.Restarts(), OpenTimeout: c.OpenTimeout, ReadTimeout: c.ReadTimeout,
			Open: func(ctx context.Context) (capture.Source, error) {
				return source.Open(ctx, a, source.Options{OpenTimeout: c.OpenTimeout, ReadTimeout: c.ReadTimeout, UserFile: c.UserFile, PasswordFile: c.PasswordFile})
			},
			OnState: func(state capture.State) {
				if state.Err != nil {
					fmt.Fprintf(s.err, "%s: %s\n", c.Name, capture.Redact(state.Err.Error()))
				}
			},
		}, slot)
	})
	var f capture.Frame
	frames := 0
	for err == nil {
		if err = slot.Take(ctx, &f); err == nil {
			err = w.Write(&f)
			frames++
		}
	}
	stop()
	capturing.Wait()
	if errors.Is(err, io.EOF) || ctx.Err() != nil {
		err = nil // the camera or the time ended
	}
	if err = errors.Join(err, w.Close()); err == nil && frames == 0 {
		err = fmt.Errorf("record camera %q: it gave no frame", c.Name)
	}
	return fmt.Sprintf("%s: %d frames, %d dropped; source: replay://%s", c.Name, frames, slot.Dropped(), dir), err
}
