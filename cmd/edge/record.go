package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"pristine/agent"
	"pristine/internal/config"
	"pristine/internal/usage"
)

type recordCommand struct {
	Config string        `placeholder:"FILE" help:"Configuration with the cameras to record; without one, the built-in camera."`
	Camera []string      `placeholder:"NAME" help:"Record only these cameras."`
	Out    string        `required:"" placeholder:"DIR" help:"Output folder, with a folder for each camera."`
	For    time.Duration `default:"30s" placeholder:"DURATION" help:"Stop after this time (default: ${default})."`
}

// Help is shown by edge record --help.
func (recordCommand) Help() string {
	return "Frames are stored without loss, with their times and parts. Frames that the disk is too slow for are dropped and counted.\n\n" +
		"Replay with `edge run --config FILE --replay DIR`, or with the source replay://DIR/CAMERA: the same frames give the same events."
}

// Run records the cameras side by side.
func (c *recordCommand) Run(ctx context.Context, s *streams) error {
	settings, err := config.Load(c.Config)
	if err != nil {
		return usage.Error(err)
	}
	cameras, err := settings.Choose(c.Camera)
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
		dir := filepath.Join(c.Out, cameras[i].Name)
		running.Go(func() {
			var recorded agent.Recorded
			recorded, errs[i] = agent.Record(ctx, &cameras[i], dir, func(problem string) { fmt.Fprintln(s.err, problem) })
			if recorded.Frames > 0 {
				lines[i] = fmt.Sprintf("%s: %d frames, %d dropped; source: replay://%s", cameras[i].Name, recorded.Frames, recorded.Dropped, dir)
			}
		})
	}
	running.Wait()
	for _, line := range lines {
		if line != "" {
			fmt.Fprintln(s.out, line)
		}
	}
	return errors.Join(errs...)
}
