package agent

import (
	"context"
	"fmt"
	"os"
	"strings"

	"pristine/capture/address"
	"pristine/infer"
	"pristine/inspect"
	"pristine/internal/usage"
	"pristine/telemetry/tracing"
)

// startTracing sends traces to a collector, where one is configured.
func (a *Agent) startTracing(ctx context.Context) (stop func() error, err error) {
	c := &a.config.Tracing
	if !c.URL.On() {
		return nil, nil
	}
	user, password, err := readLogin("tracing", c.UserFile, c.PasswordFile)
	if err != nil {
		return nil, usage.Error(err)
	}
	place := a.config.Station
	t, err := tracing.Open(ctx, tracing.Options{
		URL: c.URL.URL, User: user, Password: password, Sample: c.Sample, Station: place.Site + "/" + place.Line + "/" + place.Name, Version: a.version,
		OnError: func(err error) {
			a.log.Warn("traces cannot be sent: /metrics counts the spans that are lost", "err", err)
		},
	})
	if err != nil {
		return nil, usage.Error(err)
	}
	a.traces.Store(t)
	return t.Close, nil
}

// trace adds an examined frame to the trace of its part. It is called only where
// tracing is on.
func (k *camera) trace(e *inspect.Examined) {
	var t infer.Timing
	if k.encoder != nil {
		t = k.encoder.Timing()
	}
	f := tracing.Frame{
		Part: e.Part, Sequence: e.Seq, Triggered: e.Triggered, Captured: e.Captured, Delivered: e.Delivered, Taken: e.Taken,
		Checked: e.Checked, Preprocess: t.Preprocess, Encoded: e.Encoded, Scored: e.Scored, Run: t.Run, Reason: string(e.Reason),
	}
	if k.config.Source.Kind == address.Replay { // its frames were captured long ago
		f.Captured, f.Delivered = e.Taken, e.Taken
	}
	k.traces.Frame(&f)
}

// readLogin reads user and password of a section from their files; "" for none.
func readLogin(section, userFile, passwordFile string) (user, password string, err error) {
	if userFile == "" {
		return "", "", nil
	}
	if user, err = readSecret(section+".user_file", userFile); err == nil {
		password, err = readSecret(section+".password_file", passwordFile)
	}
	return user, password, err
}

func readSecret(key, file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", key, err)
	}
	text := strings.TrimSpace(string(data))
	if text == "" {
		return "", fmt.Errorf("read %s: %s is empty: write the login into it, or configure neither file", key, file)
	}
	return text, nil
}
