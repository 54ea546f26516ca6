package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/capture/recording"
	"pristine/capture/source"
	"pristine/internal/config"
	"pristine/internal/usage"
)

// Recorded counts the frames of a recording.
type Recorded struct{ Frames, Dropped uint64 }

// Record writes a camera's frames to a folder until the camera or ctx ends. Neither is
// an error, but a camera without a single frame is. report is called for each problem.
func Record(ctx context.Context, c *config.Camera, dir string, report func(problem string)) (Recorded, error) {
	w, err := recording.Create(dir, opencv.EncodePNG)
	if err != nil {
		return Recorded{}, usage.Error(err)
	}
	slot := capture.NewLatest(slotPolicy(c))
	var capturing sync.WaitGroup
	captureCtx, stop := context.WithCancel(ctx)
	capturing.Go(func() {
		_ = capture.Supervise(captureCtx, capture.Options{
			Name: c.Name, Restarts: c.Source.Restarts(), OpenTimeout: c.OpenTimeout, ReadTimeout: c.ReadTimeout,
			Open: func(ctx context.Context) (capture.Source, error) {
				return source.Open(ctx, c.Source, sourceOptions(c))
			},
			OnState: func(state capture.State) {
				if state.Err != nil {
					report(fmt.Sprintf("%s: %s", c.Name, capture.Redact(state.Err.Error())))
				}
			},
		}, slot)
	})
	var f capture.Frame
	var recorded Recorded
	for err == nil {
		if err = slot.Take(ctx, &f); err == nil {
			err = w.Write(&f)
			recorded.Frames++
		}
	}
	stop()
	capturing.Wait()
	if errors.Is(err, io.EOF) || ctx.Err() != nil {
		err = nil // the camera or the time ended
	}
	if err = errors.Join(err, w.Close()); err == nil && recorded.Frames == 0 {
		err = fmt.Errorf("record camera %q: it gave no frame", c.Name)
	}
	recorded.Dropped = slot.Dropped()
	return recorded, err
}
