package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/grafana/pyroscope-go"

	"pristine/capture"
	"pristine/events"
	"pristine/events/control"
	"pristine/events/outbox"
	"pristine/infer"
	"pristine/internal/config"
	"pristine/internal/service"
	"pristine/trigger"
	"pristine/web"
)

type runCommand struct {
	Config string        `placeholder:"FILE" help:"Configuration; without one, the defaults of configs/edge.yaml."`
	For    time.Duration `placeholder:"DURATION" help:"Stop after this time, such as 30s; else run until interrupted."`
	Replay string        `placeholder:"DIR" help:"Take the cameras' frames from a recording made by edge record."`
}

// agent is everything that runs, in the order in which it was started.
type agent struct {
	config  *config.Config
	log     *slog.Logger
	states  *modelStates
	engine  *engine
	store   *outbox.Store
	cameras []*camera
	view    *view
	board   *board

	requests control.Counts // over NATS
}

func (c *runCommand) Run(ctx context.Context, s *streams) error {
	settings := config.Default()
	if c.Config != "" {
		loaded, err := config.Load(c.Config)
		if err != nil {
			return usageError{err}
		}
		settings = *loaded
	}
	if c.Replay != "" {
		for i := range settings.Cameras {
			camera := &settings.Cameras[i]
			camera.Source = "replay://" + filepath.Join(c.Replay, camera.Name)
			if camera.Policy.FPS() == 0 {
				camera.Policy = capture.Every
			}
		}
	}
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, c.For, errDone)
		defer cancel()
	}
	v := newView(s.out)
	if v.screen.live() && newScreen(s.err).live() {
		s = &streams{s.out, v} // both write to one terminal
	}
	a := &agent{config: &settings, log: newLog(s, settings.Log), view: v, board: newBoard()}
	a.states = &modelStates{log: a.log, bundle: settings.Model.Bundle, state: infer.Loading}
	return a.run(ctx)
}

// errDone is why a run ends whose time is up.
var errDone = errors.New("the time is up")

// run starts page, model, store, forwarder, cameras and stations, in this
// order, and stops them in the reverse one, but the page before the store. Until
// the cameras are there the page says how far the model is.
func (a *agent) run(ctx context.Context) (err error) {
	stopProfiling, err := startProfiling(a.config.Profiling)
	if err != nil {
		return usageError{err}
	}
	defer stopProfiling()

	page, stopPage, err := a.servePage()
	if err != nil {
		return err
	}
	stopPage = sync.OnceFunc(stopPage)
	defer stopPage()
	m := a.config.Model
	a.view.say("loading model %s", m.Bundle)
	a.warnService(service.Status("loading model "+m.Bundle, 0))
	if a.engine, err = openEngineTelling(m.Bundle, infer.Options{Providers: m.Providers, Policy: m.Policy, Threads: m.Threads, MaxBatch: m.MaxBatch, CacheDir: m.CacheDir, Precision: m.Precision}, a.states.tell); err != nil {
		return err
	}
	defer a.engine.close()

	e := a.config.Events
	if a.store, err = outbox.Open(ctx, outbox.Options{
		Dir: e.Dir, Station: a.place(),
		Listen: e.Listen, MaxBytes: e.MaxBytes, EvidenceBytes: e.EvidenceBytes, HistoryBytes: e.HistoryBytes,
	}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.store.Close()) }()
	for i := range a.config.Cameras {
		stations, err := newCameras(ctx, a, &a.config.Cameras[i])
		if err != nil {
			return err
		}
		a.cameras = append(a.cameras, stations...)
	}
	for _, camera := range a.cameras {
		if err := (controlled{a}).restore(ctx, camera); err != nil {
			return fmt.Errorf("camera %s: %w", camera.config.Name, err)
		}
	}
	if _, err := a.store.Append(ctx, events.TypeState, events.State{Subject: "agent", Name: a.config.Station.Name, State: "started", Detail: version}); err != nil {
		return err
	}
	a.states.publishIn(ctx, a.store, a.tellServiceStatus)
	defer a.states.stop()
	a.board.open()
	defer stopPage()
	if page != "" {
		a.view.say("page: %s", page)
	}
	stopController, err := a.serveController()
	if err != nil {
		return err
	}
	defer stopController()
	stopLines, err := a.serveLines()
	if err != nil {
		return err
	}
	defer stopLines()
	var forwarding sync.WaitGroup
	forwardCtx, stopForwarding := context.WithCancel(context.WithoutCancel(ctx))
	if e.Hub.URL != "" {
		forwarding.Go(func() { a.forward(forwardCtx) })
	}
	a.view.start(a)
	defer a.tellService(ctx)()
	var beating sync.WaitGroup
	beatCtx, stopBeating := context.WithCancel(context.WithoutCancel(ctx))
	beating.Go(func() { a.beat(beatCtx) })
	beating.Go(func() { a.serveRequests(beatCtx) })
	var running sync.WaitGroup
	for _, camera := range a.cameras {
		running.Go(func() { camera.run(ctx) })
	}
	running.Wait()
	stopBeating()
	beating.Wait()
	a.view.finish(a)
	_, err = a.store.Append(context.WithoutCancel(ctx), events.TypeState, events.State{Subject: "agent", Name: a.config.Station.Name, State: "stopped"})
	a.drain()
	stopForwarding()
	forwarding.Wait()
	for _, camera := range a.cameras {
		err = errors.Join(err, camera.failure)
	}
	return err
}

// drainLimit is how long a run that ends waits for its last events to reach the
// hub. What is left waits on the disk for the next run.
const drainLimit = 5 * time.Second

// drain waits while the hub takes events and some are left.
func (a *agent) drain() {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(drainLimit); time.Now().Before(deadline); <-ticker.C {
		if s := a.store.Status(); !s.Connected || s.Backlog() == 0 {
			return
		}
	}
}

// servePage starts the HTTP server, where there is to be one.
func (a *agent) servePage() (address string, stop func(), err error) {
	if a.config.HTTP.Listen == "" {
		return "", func() {}, nil
	}
	server, err := web.Listen(a.config.HTTP.Listen, web.Options{Status: a.status, Picture: a.board.picture})
	if err != nil {
		return "", nil, err
	}
	server.Handle("POST /trigger", trigger.Handler(a.trigger))
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := server.Serve(); err != nil {
			a.log.Error("the page ended", "err", err)
		}
	})
	return server.URL(), func() {
		if err := server.Close(); err != nil {
			a.log.Warn("the page did not end cleanly", "err", err)
		}
		serving.Wait()
	}, nil
}

// place is the agent's own.
func (a *agent) place() events.Station {
	s := a.config.Station
	return events.Station{Site: s.Site, Line: s.Line, Name: s.Name}
}

// hub is how the configuration reaches the plant's NATS.
func (a *agent) hub() events.Hub {
	h := &a.config.Events.Hub
	return events.Hub{
		InboxPrefix: a.place().InboxPrefix(), URL: h.URL, CredsFile: h.CredsFile, NkeyFile: h.NkeyFile, UserFile: h.UserFile, PasswordFile: h.PasswordFile,
		CAFile: h.CAFile, CertFile: h.CertFile, KeyFile: h.KeyFile,
	}
}

func (a *agent) forward(ctx context.Context) {
	err := a.store.Forward(ctx, outbox.ForwardOptions{
		Hub:           a.hub(),
		EvidenceBytes: a.config.Events.EvidenceBytes,
		OnState: func(connected bool, err error) {
			a.board.hub(connected)
			if connected {
				a.log.Info("the hub takes events")
			} else {
				a.log.Warn("the hub takes no events; they wait on the disk", "err", err)
			}
		},
	})
	if err != nil && ctx.Err() == nil {
		a.log.Error("events stay on the disk", "err", err)
	}
}

func newLog(s *streams, l config.Log) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(l.Level)) // the configuration allows known levels only
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(s.err, &slog.HandlerOptions{Level: level}))
	}
	return slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level}))
}

func startProfiling(p config.Profiling) (stop func(), err error) {
	if p.URL == "" {
		return func() {}, nil
	}
	settings := pyroscope.Config{ApplicationName: p.Application, ServerAddress: p.URL}
	if p.UserFile != "" {
		user, err := os.ReadFile(p.UserFile)
		if err != nil {
			return nil, fmt.Errorf("read profiling.user_file: %w", err)
		}
		password, err := os.ReadFile(p.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("read profiling.password_file: %w", err)
		}
		settings.BasicAuthUser, settings.BasicAuthPassword = strings.TrimSpace(string(user)), strings.TrimSpace(string(password))
	}
	profiler, err := pyroscope.Start(settings)
	if err != nil {
		return nil, fmt.Errorf("start profiling: %w", err)
	}
	return func() { _ = profiler.Stop() }, nil
}
