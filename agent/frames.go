package agent

import (
	"context"
	"fmt"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/capture/opencv"
	"pristine/capture/source"
	"pristine/inspect"
	"pristine/inspect/track"
	"pristine/internal/config"
	"pristine/internal/pictures"
)

// track names the parts in the slot's frames if the source does not.
func (k *camera) track() (inspect.Frames, error) {
	var frames inspect.Frames = k.slot
	if fps := k.config.Policy.FPS(); fps > 0 {
		k.pace = capture.NewPace(k.slot, fps)
		frames = k.pace
	}
	o := k.config.Track
	if o.Axis == "" {
		return frames, nil
	}
	options := track.Options{
		Camera: k.config.Name, Axis: o.Axis, Region: k.config.Region,
		LearnFrames: o.LearnFrames, Difference: o.Difference, MinArea: o.MinArea,
	}
	if o.Empty != "" {
		options.Empty = new(capture.Frame)
		var err error
		if options.Empty.Pix, options.Empty.Width, options.Empty.Height, err = opencv.DecodeFile(o.Empty); err != nil {
			return nil, fmt.Errorf("read track.empty: %w", err)
		}
	}
	options.OnLearned = func(t *track.Tracker) { k.keepState(learnedBelt, t) }
	k.tracker = track.New(frames, options)
	return k.tracker, nil
}

// slotPolicy returns the policy of the slot for frames that are not taken in time. A
// file or replay with fps:N waits, so that the same frames are skipped each time. All
// pictures of a watched folder are inspected.
func slotPolicy(c *config.Camera) capture.Policy {
	if c.Policy.FPS() > 0 && !c.Source.Live() || c.Source.Kind == address.Watch {
		return capture.Every
	}
	return c.Policy
}

// open opens the camera's source.
func (k *camera) open(ctx context.Context) (capture.Source, error) {
	o := sourceOptions(k.config)
	o.Bad = func(_ string, err error) {
		k.agent.log.Warn("unusable picture", "camera", k.config.Name, "err", err)
	}
	o.Skipped = func(skipped *pictures.Skipped) {
		for _, w := range skipped.Warnings() {
			k.agent.log.Warn("files were skipped", "camera", k.config.Name, "files", w)
		}
		for _, d := range skipped.Details() {
			k.agent.log.Debug("files were skipped", "camera", k.config.Name, "files", d)
		}
	}
	o.Watch = k.watchOptions()
	s, err := source.Open(ctx, k.config.Source, o)
	if err != nil {
		return nil, err
	}
	return opencv.Adjust(s, adjustment(&k.config.Adjust)), nil
}

func adjustment(a *config.Adjust) opencv.Adjustment {
	return opencv.Adjustment{
		SwapRedBlue: a.SwapRedBlue, Perspective: a.Perspective, Rotate: a.Rotate, Flip: a.Flip, Mask: a.Mask,
	}
}

// capture passes the camera's frames to the slots of all its regions.
func (k *camera) capture(ctx context.Context) error {
	err := capture.Supervise(ctx, capture.Options{
		Name: k.config.Name, Open: k.open, Restarts: k.config.Source.Restarts(), OpenTimeout: k.config.OpenTimeout, ReadTimeout: k.config.ReadTimeout, Stats: k.stats,
		OnState: func(s capture.State) {
			for _, region := range k.regions {
				region.state(s)
			}
		},
	}, k.source)
	if ctx.Err() != nil {
		return nil // it was stopped
	}
	return err
}
