package source

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/capture/ffmpeg"
	"pristine/capture/httpcam"
	"pristine/capture/opencv"
	"pristine/capture/recording"
	"pristine/capture/replay"
	"pristine/capture/rtsp"
	"pristine/capture/testline"
	"pristine/capture/watchfolder"
	"pristine/internal/pictures"
)

// Options of a source. Zero values take the defaults.
type Options struct {
	OpenTimeout time.Duration                // 10 s
	ReadTimeout time.Duration                // 5 s
	Bad         func(path string, err error) // called for each unusable picture of a folder or recording; may be nil
	Skipped     func(*pictures.Skipped)      // called with the skipped files of a folder; may be nil

	Watch watchfolder.Options // of a watched folder; Decode and Bad are the source's own

	UserFile, PasswordFile string // of RTSP and HTTP cameras whose address has neither; both or none
}

// explainWithin limits the query for the cause of an RTSP failure. The time-out of
// opening limits it, too.
const explainWithin = 3 * time.Second

// Open opens a source.
func Open(ctx context.Context, a address.Address, o Options) (capture.Source, error) {
	if a.Kind == address.RTSP || a.Kind == address.HTTP {
		var err error
		if a.Target, err = withCredentials(a.Target, o); err != nil {
			return nil, err
		}
	}
	switch a.Kind {
	case address.TestLine:
		return testline.Open(a.Line), nil
	case address.HTTP:
		s, err := httpcam.Open(ctx, a.Target, httpcam.Options{Decode: opencv.DecodeInto, OpenTimeout: o.OpenTimeout, ReadTimeout: o.ReadTimeout, FPS: a.FPS})
		if errors.Is(err, httpcam.ErrVideo) {
			return openVideo(ctx, a.Target, a, o)
		}
		return s, err
	case address.RTSP:
		s, err := openVideo(ctx, a.Target, a, o)
		if err == nil || ctx.Err() != nil {
			return s, err
		}
		ctx, cancel := context.WithTimeout(ctx, explainWithin)
		defer cancel()
		return nil, fmt.Errorf("open camera %s: %w", capture.Redact(a.Target), rtsp.Explain(ctx, a.Target))
	case address.File:
		if info, err := os.Stat(a.Target); err == nil && info.IsDir() {
			return replay.Open(a.Target, replay.Options{Decode: opencv.DecodeFile, Bad: o.Bad, Skipped: o.Skipped, FPS: a.FPS})
		}
		if pictures.Is(a.Target) && !strings.EqualFold(filepath.Ext(a.Target), ".gif") { // a GIF may be a video
			return replay.OpenFile(a.Target, replay.Options{Decode: opencv.DecodeFile, Bad: o.Bad, FPS: a.FPS})
		}
		return openVideo(ctx, a.Target, a, o)
	case address.Watch:
		o.Watch.Decode, o.Watch.Bad = opencv.DecodeFile, o.Bad
		return watchfolder.Open(a.Target, o.Watch)
	case address.Replay:
		return recording.Open(a.Target, recording.Options{Decode: opencv.DecodeInto, Bad: o.Bad, Speed: a.Speed})
	default:
		return opencv.Open(string(a.Kind)+"://"+a.Target, opencv.Options{
			Width: a.Width, Height: a.Height, FPS: a.FPS, Format: a.Format, Exposure: a.Exposure, Flip: a.Flip,
		})
	}
}

// OpenBounded opens a source whose open and reads end at their time-outs and with their
// context, even if its driver hangs.
func OpenBounded(ctx context.Context, a address.Address, o Options) (capture.Source, error) {
	name := capture.Redact(a.Target)
	if !strings.Contains(name, "://") {
		name = string(a.Kind) + "://" + name
	}
	return capture.Bounded(ctx, capture.Options{
		Name: name, Restarts: a.Restarts(), OpenTimeout: o.OpenTimeout, ReadTimeout: o.ReadTimeout,
		Open: func(ctx context.Context) (capture.Source, error) { return Open(ctx, a, o) },
	})
}

func openVideo(ctx context.Context, target string, a address.Address, o Options) (capture.Source, error) {
	return ffmpeg.Open(ctx, target, ffmpeg.Options{OpenTimeout: o.OpenTimeout, ReadTimeout: o.ReadTimeout, Hardware: a.Hardware})
}
