package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/events"
	"pristine/events/control"
	"pristine/inspect"
	"pristine/prompts"
)

// controlled implements the requests over NATS.
type controlled struct{ *Agent }

// serveRequests answers requests, at the plant's NATS or at the agent's own server.
func (a *Agent) serveRequests(ctx context.Context) {
	o := control.Options{
		Station: a.place(), Version: a.version, Agent: controlled{a}, Connect: a.store.Connect, Counts: &a.requests,
		Deadline: a.config.Events.Deadline, OnError: func(err error) { a.log.Warn("answering requests over NATS failed, retrying", "err", err) },
	}
	if hub := a.hub(); hub.URL != "" {
		o.Connect = hub.Agent
	}
	if err := control.Serve(ctx, o); err != nil && ctx.Err() == nil {
		a.log.Error("serving requests over NATS failed", "err", err)
	}
}

// camera returns the camera with a name. An empty name stands for the only camera.
func (a controlled) camera(name string) (*camera, error) {
	for _, k := range a.cameras {
		if k.config.Name == name || name == "" && len(a.cameras) == 1 {
			return k, nil
		}
	}
	return nil, fmt.Errorf("%w: there is no camera %q: name one of %v in Qc-Camera", control.ErrRequest, name, a.Cameras())
}

// Cameras implements control.Agent.
func (a controlled) Cameras() (names []string) {
	for _, k := range a.cameras {
		names = append(names, k.config.Name)
	}
	return names
}

// Status implements control.Agent.
func (a controlled) Status() events.State {
	said, counts := a.selfReport(a.config.Events.Heartbeat)
	return events.State{Subject: "agent", Name: a.config.Station.Name, State: events.StateHeartbeat, Counts: counts, Agent: said}
}

// Inspect implements control.Agent. Without a picture it triggers a camera with
// policy trigger, and inspects the next frame of any other.
func (a controlled) Inspect(ctx context.Context, name, part string, jpeg []byte) (*events.Result, error) {
	k, err := a.camera(name)
	switch {
	case err != nil:
		return nil, err
	case jpeg != nil:
		f := capture.Frame{Captured: time.Now()}
		switch err = opencv.DecodeInto(&f, jpeg); {
		case errors.Is(err, opencv.ErrDamaged): // a part waits for its verdict
			f.Damaged = err.Error()
		case err != nil:
			return nil, fmt.Errorf("%w: %w", control.ErrRequest, err)
		}
		return k.judge(ctx, part, f)
	case k.gate != nil:
		return a.ask(ctx, k, part)
	}
	f, err := k.tap.Next(ctx)
	if err != nil {
		return nil, fmt.Errorf("inspect camera %s now: %w: %w", k.config.Name, control.ErrNoVerdict, err)
	}
	return k.judge(ctx, part, f)
}

// ask triggers a part.
func (a controlled) ask(ctx context.Context, k *camera, part string) (*events.Result, error) {
	answer, err := a.trigger(ctx, k.config.Name, part)
	switch {
	case errors.Is(err, inspect.ErrDuplicate), errors.Is(err, inspect.ErrOverrun):
		return nil, fmt.Errorf("%w: %w", control.ErrRequest, err)
	case errors.Is(err, inspect.ErrMissed), errors.Is(err, inspect.ErrLate):
		return nil, fmt.Errorf("%w: %w", control.ErrNoVerdict, err)
	case err != nil:
		return nil, err
	}
	return &events.Result{Camera: k.config.Name, Part: answer.Part, Verdict: string(answer.Verdict), Reason: string(answer.Reason), Defect: answer.Defect, Likeliest: answer.Likeliest, LikelyShare: answer.LikelyShare, LikelyBy: string(answer.LikelyBy),
		Shadow: answer.Shadow, ShadowReason: answer.ShadowReason}, nil
}

// judge inspects a single picture as a part of one frame. Its verdict has an event like
// any other.
func (k *camera) judge(ctx context.Context, part string, f capture.Frame) (*events.Result, error) {
	if f.Part, f.PartEnd = part, true; part == "" {
		f.Part = "request-" + time.Now().UTC().Format("20060102T150405.000000")
	}
	var result *events.Result
	results := &sink{camera: k, answer: func(r events.Result) { result = &r }}
	health := k.health()
	health.FrozenFrames, health.MaxAge, health.Learn = 0, 0, 0 // these checks compare frames with others
	t := k.live.Bank().Set.Thresholds
	station := inspect.New(inspect.Options{
		Camera: k.config.Name, PartsOnly: true, Health: health, Unready: k.unready, Limits: inspect.Limits{Review: t.Review, Fail: t.Fail, N: 1, M: 1},
	}, &single{frame: f}, k.agent.model.NewEncoder(k.view()), k.scorer, results)
	if err := station.Run(ctx); err != nil {
		return nil, err
	}
	if result == nil {
		return nil, fmt.Errorf("inspect picture: its event could not be stored")
	}
	return result, nil
}

// single is a source of one frame.
type single struct {
	frame capture.Frame
	taken bool
}

// Take implements inspect.Frames.
func (s *single) Take(_ context.Context, f *capture.Frame) error {
	if s.taken {
		return io.EOF
	}
	pix := append(f.Pix[:0], s.frame.Pix...)
	*f, s.taken = s.frame, true
	f.Pix = pix
	return nil
}

// Snapshot implements control.Agent. It returns the picture of the next result.
func (a controlled) Snapshot(ctx context.Context, name string) ([]byte, error) {
	k, err := a.camera(name)
	if err != nil {
		return nil, err
	}
	return a.board.next(ctx, k.config.Name)
}

// Learn implements control.Agent.
func (a controlled) Learn(ctx context.Context, name string) error {
	k, err := a.camera(name)
	if err != nil {
		return err
	}
	k.relearn(context.WithoutCancel(ctx))
	return nil
}

// Reload implements control.Agent.
func (a controlled) Reload(ctx context.Context, name string) error {
	k, err := a.camera(name)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(k.config.Prompts)
	if err != nil {
		return fmt.Errorf("read prompt set: %w", err)
	}
	if err := k.applyFile(ctx, text); err != nil {
		return err
	}
	k.publishState(ctx, events.State{Subject: "prompts", Name: k.config.Prompts, State: "reloaded", Set: k.live.Origin()})
	return nil
}

// Validate implements control.Agent.
func (a controlled) Validate(ctx context.Context, name string, set []byte) error {
	k, parsed, err := a.pushedSet(name, set)
	if err == nil {
		_, err = k.rebuildPushed(ctx, parsed)
	}
	return err
}

// pushedSet returns a camera and the set that was pushed to it.
func (a controlled) pushedSet(name string, text []byte) (*camera, *prompts.Set, error) {
	k, err := a.camera(name)
	if err != nil {
		return nil, nil, err
	}
	set, err := a.parsePushed(text)
	return k, set, err
}

// Lint implements control.Agent.
func (a controlled) Lint(ctx context.Context, _ string, set []byte) (all []string, err error) {
	warnings, err := prompts.Lint(ctx, "pushed", set, a.model.Texts, a.model.Info())
	for _, w := range warnings {
		all = append(all, fmt.Sprintf("line %d: %s %q: %s: %s; try: %s", w.Line, w.Path, w.Prompt, w.Rule, w.Reason, w.Remedy))
	}
	return all, err
}

// Arm implements control.Agent.
func (a controlled) Arm(ctx context.Context, name string, p control.Pushed, set []byte) error {
	k, parsed, err := a.pushedSet(name, set)
	if err != nil {
		return err
	}
	o := events.SetOrigin{From: fromPush, Revision: p.Revision, By: p.By, SHA256: prompts.Sum(set), Since: time.Now().UTC()}
	if err := k.applyPush(ctx, parsed, o, set, p.Wish); err != nil {
		return err
	}
	a.log.Info("pushed prompt set armed", "camera", k.config.Name, "set", parsed.Name, "revision", p.Revision, "by", p.By)
	k.publishState(ctx, events.State{Subject: "prompts", Name: k.config.Name, State: "armed", Detail: fmt.Sprintf("%s, pushed as revision %d", parsed.Name, p.Revision), Set: &o})
	a.beatSoon()
	return nil
}

// Armed implements control.Agent.
func (a controlled) Armed(name string) uint64 {
	k, err := a.camera(name)
	if err != nil {
		return 0
	}
	return k.live.Origin().Revision
}

// Wish implements control.Agent.
func (a controlled) Wish(name string) uint64 {
	k, err := a.camera(name)
	if err != nil {
		return 0
	}
	return k.keptSet.Load().Wish
}
