package agent

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"pristine/events"
	"pristine/events/control"
	"pristine/events/outbox"
	"pristine/history"
	"pristine/infer"
	"pristine/inspect"
	"pristine/internal/config"
	"pristine/internal/signature"
	"pristine/observe"
	"pristine/telemetry/metrics"
	"pristine/telemetry/tracing"
	"pristine/web"
)

// Options configure an agent.
type Options struct {
	Config   *config.Config
	Version  string
	Log      *slog.Logger
	Terminal Terminal
	Problems []string // known at the start, such as mistakes in the configuration
	Started  func()   // called once everything has started; may be nil
}

// Terminal shows the agent's progress to a person. Its methods are called from several
// goroutines.
type Terminal interface {
	// Say prints a permanent line.
	Say(format string, args ...any)
	// Progress shows the progress of a task that ends, such as learning.
	Progress(what string, done, total int)
	// Result shows a verdict. truth is the label from the built-in camera, or nil for
	// other sources.
	Result(r *inspect.Result, truth *Truth)
	// Start shows the totals until Finish is called.
	Start(totals func() Totals)
	Finish()
}

// Truth is the built-in camera's label of a part.
type Truth struct{ Defect string } // "" for a good part

// Totals are the sums of all cameras' counts.
type Totals struct {
	Frames, Dropped uint64
	Verdicts        map[inspect.Verdict]uint64
}

// Agent is a running inspection agent.
type Agent struct {
	config   *config.Config
	version  string
	log      *slog.Logger
	terminal Terminal
	problems []string // known before the start
	started  func()
	states   *modelStates
	model    *observe.Model
	store    *outbox.Store
	metrics  *metrics.Metrics
	traces   atomic.Pointer[tracing.Tracer]  // nil if tracing is off
	keys     *signature.Keys                 // trusted keys, if signatures are required
	history  atomic.Pointer[history.History] // nil if there is none
	cameras  []*camera
	board    *board
	canvases *canvases    // of heat maps
	buffers  pixelBuffers // of pictures that wait for the disk
	watcher  *watcher
	stopPage func()
	start    startTime
	prepare  func(*camera) // called by a test before a camera runs; may be nil

	routes    []web.Route // of the page
	searching sync.Mutex  // one search of the page at a time
	referring sync.Mutex  // one change of references on the page at a time

	requests control.Counts // over NATS
	changed  chan struct{}  // requests an immediate heartbeat
}

// New returns an agent. Run starts it.
func New(o Options) *Agent {
	a := &Agent{
		config: o.Config, version: o.Version, log: o.Log, terminal: o.Terminal, problems: o.Problems, started: o.Started, board: newBoard(), canvases: newCanvases(), metrics: metrics.New(),
		states:  &modelStates{log: o.Log, bundle: o.Config.Model.Bundle, state: infer.Loading},
		changed: make(chan struct{}, 1),
	}
	a.watcher = newWatcher(a)
	return a
}

// Run runs the agent until ctx ends, or all cameras have ended.
func (a *Agent) Run(ctx context.Context) (err error) {
	a.start.begin()
	stop, err := a.startAll(ctx, a.parts())
	defer func() { err = errors.Join(err, stop()) }()
	if cause := context.Cause(ctx); err != nil && (errors.Is(err, cause) || errors.Is(err, ctx.Err())) {
		return nil // it was stopped while it started
	}
	if err != nil {
		return err
	}
	a.start.ready(a.log)
	if a.started != nil {
		a.started()
	}
	var running sync.WaitGroup
	for _, camera := range a.cameras {
		running.Go(func() { camera.run(ctx) })
	}
	// Return memory that only the start needed, such as the bytes of models and schemas,
	// to the system. No camera waits for this.
	running.Go(debug.FreeOSMemory)
	running.Wait()
	for _, camera := range a.cameras {
		err = errors.Join(err, camera.failure)
	}
	return err
}

// totals returns the sum of the cameras' counts.
func (a *Agent) totals() Totals {
	t := Totals{Verdicts: map[inspect.Verdict]uint64{}}
	for _, k := range a.cameras {
		c := k.station.Counts()
		t.Frames, t.Dropped = t.Frames+k.stats.Frames.Load(), t.Dropped+k.dropped().Total()
		for verdict, n := range c.Verdicts {
			t.Verdicts[verdict] += n
		}
	}
	return t
}

// place returns the agent's station.
func (a *Agent) place() events.Station {
	s := a.config.Station
	return events.Station{Site: s.Site, Line: s.Line, Name: s.Name}
}

// hub returns how the agent connects to the plant's NATS.
func (a *Agent) hub() events.Hub { return Hub(a.config) }

// Hub returns how an agent with this configuration connects to the plant's NATS.
func Hub(c *config.Config) events.Hub {
	h, place := &c.Events.Hub, events.Station{Site: c.Station.Site, Line: c.Station.Line, Name: c.Station.Name}
	return events.Hub{
		InboxPrefix: place.InboxPrefix(), URL: string(h.URL), CredsFile: h.CredsFile, NkeyFile: h.NkeyFile, UserFile: h.UserFile, PasswordFile: h.PasswordFile,
		CAFile: h.CAFile, CertFile: h.CertFile, KeyFile: h.KeyFile,
	}
}
