package agent

import (
	"context"
	"fmt"

	"github.com/grafana/pyroscope-go"

	"pristine/capture"
	"pristine/inspect"
	"pristine/internal/config"
	"pristine/internal/usage"
	"pristine/prompts"
	"pristine/telemetry/profiles"
)

func (a *Agent) startProfiling(context.Context) (stop func() error, err error) {
	stop, err = startProfiler(a.config.Profiling)
	if err != nil {
		return nil, usage.Error(err)
	}
	return stop, nil
}

// startProfiler sends profiles to a Pyroscope server, if one is configured.
func startProfiler(p config.Profiling) (stop func() error, err error) {
	if !p.URL.On() {
		return nil, nil
	}
	settings := pyroscope.Config{ApplicationName: p.Application, ServerAddress: p.URL.String()}
	if settings.BasicAuthUser, settings.BasicAuthPassword, err = readLogin("profiling", p.UserFile, p.PasswordFile); err != nil {
		return nil, err
	}
	profiler, err := pyroscope.Start(settings)
	if err != nil {
		return nil, fmt.Errorf("start profiling: %w", err)
	}
	return profiler.Stop, nil
}

// labelled returns an encoder that labels the goroutine with its stage for profiles. If
// profiling is off, it returns the same encoder. Scoring follows encoding.
func (k *camera) labelled(e inspect.Encoder) inspect.Encoder {
	if k.labels == nil {
		return e
	}
	return &labelledEncoder{e, k}
}

type labelledEncoder struct {
	encoder inspect.Encoder
	camera  *camera
}

// Encode implements inspect.Encoder.
func (l *labelledEncoder) Encode(ctx context.Context, f *capture.Frame, o *prompts.Observation) error {
	k := l.camera
	k.labels.Set(k.live.Bank().Set.Name)
	k.labels.Enter(profiles.Encode)
	err := l.encoder.Encode(ctx, f, o)
	k.labels.Enter(profiles.Score)
	return err
}
