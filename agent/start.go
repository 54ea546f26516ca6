package agent

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"pristine/events"
	"pristine/events/outbox"
	"pristine/infer"
	"pristine/internal/service"
	"pristine/observe"
	"pristine/telemetry/profiles"
)

// part is something that an agent starts and stops. start returns what stops
// it, or nil where there is nothing to stop.
type part struct {
	name  string
	start func(ctx context.Context) (stop func() error, err error)
}

// parts lists what an agent starts, in this order; it stops in the reverse one.
// The cameras run between the two. The model computes while the store waits for the
// disk: neither needs the other.
func (a *Agent) parts() []part {
	return []part{
		{"garbage", a.limitGarbage},
		{"profiling", a.startProfiling},
		{"tracing", a.startTracing}, // stops after the last event went to the hub
		{"page", a.servePage},       // says how far the model is until the cameras are there
		a.together([]part{{"store", a.openStore}, {"history", a.openHistory}}, []part{{"model", a.openModel}}),
		{"cameras", a.openCameras},
		{"forwarder", a.startForwarder}, // stops after the last event, and drains
		{"announcement", a.announce},
		{"queues", a.startQueues}, // stop after all that gives verdicts
		{"model states", a.publishModelStates},
		{"page of cameras", a.openBoard}, // stops the page, which reads the store
		{"modbus", a.serveController},
		{"gpio", a.serveLines},
		{"terminal", a.showTotals},
		{"problems", a.watchProblems},
		{"control charts", a.watchCharts},
		{"systemd", a.notifyService},
		{"heartbeat", a.startHeartbeat},
		{"presence", a.startPresence},
		{"requests", a.startRequests},
	}
}

// background runs work until the returned function is called, which waits for it.
// The end of ctx does not end it; stopping the agent does.
func background(ctx context.Context, work func(context.Context)) (stop func() error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() { work(ctx) })
	return func() error {
		cancel()
		running.Wait()
		return nil
	}
}

func (a *Agent) openModel(context.Context) (stop func() error, err error) {
	if err := a.trustKeys(); err != nil {
		return nil, err
	}
	m := a.config.Model
	a.terminal.Say("loading model %s", m.Bundle)
	a.warnService(service.Status("loading model "+m.Bundle, 0))
	a.model, err = observe.OpenPaired(m.Bundle, m.References, infer.Options{
		Providers: m.Providers, Policy: m.Policy, Threads: m.Threads, MaxBatch: m.MaxBatch, CacheDir: m.CacheDir, Precision: m.Precision,
	}, a.states.onState)
	if err != nil {
		return nil, err
	}
	return func() error { a.model.Close(); return nil }, nil
}

func (a *Agent) openStore(ctx context.Context) (stop func() error, err error) {
	e := a.config.Events
	a.store, err = outbox.Open(ctx, outbox.Options{
		Dir: e.Dir, Station: a.place(),
		Listen: e.Listen.String(), MaxBytes: e.MaxBytes, EvidenceBytes: e.EvidenceBytes, Short: a.shrinkHistory,
	})
	if err != nil {
		return nil, err
	}
	return a.store.Close, nil
}

func (a *Agent) openCameras(ctx context.Context) (stop func() error, err error) {
	for i := range a.config.Cameras {
		stations, err := newCameras(ctx, a, &a.config.Cameras[i])
		if err != nil {
			return nil, err
		}
		a.cameras = append(a.cameras, stations...)
		for _, k := range stations {
			if a.prepare != nil {
				a.prepare(k)
			}
		}
	}
	return a.closeLedgers, nil
}

// closeLedgers closes those of watched folders, after the last result.
func (a *Agent) closeLedgers() (err error) {
	for _, k := range a.cameras {
		if k.ledger != nil && k.regions != nil {
			err = errors.Join(err, k.ledger.Close())
		}
	}
	return err
}

func (a *Agent) announce(ctx context.Context) (stop func() error, err error) {
	say := func(ctx context.Context, state, detail string) error {
		_, err := a.store.Append(ctx, events.TypeState, events.State{Subject: "agent", Name: a.config.Station.Name, State: state, Detail: detail})
		return err
	}
	if free, reserve := a.store.Space(); free < reserve/2 { // the problems' watcher stores it once there is space
		a.watcher.add(announcement{events.TypeState, events.State{Subject: "agent", Name: a.config.Station.Name, State: "started", Detail: a.version}})
	} else if err := say(ctx, "started", a.version); err != nil {
		return nil, err
	}
	return func() error { return say(context.WithoutCancel(ctx), "stopped", "") }, nil
}

// startQueues stores what the stations decide. When they stop, what waits has
// some time to be stored; events that were lost are an error of the run.
func (a *Agent) startQueues(ctx context.Context) (stop func() error, err error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	for _, k := range a.cameras {
		running.Go(func() {
			k.labels.Enter(profiles.Store)
			k.queue.run(ctx)
		})
	}
	return func() (err error) {
		defer time.AfterFunc(queueDrain, cancel).Stop()
		for _, k := range a.cameras {
			k.queue.close()
		}
		running.Wait()
		cancel()
		for _, k := range a.cameras {
			if n := k.queue.lost.Load(); n > 0 {
				err = errors.Join(err, fmt.Errorf("camera %s: %d events were lost: see the log for the cause, such as a full disk", k.config.Name, n))
			}
		}
		return err
	}, nil
}

func (a *Agent) publishModelStates(ctx context.Context) (stop func() error, err error) {
	a.states.publishIn(ctx, a.store, a.tellServiceStatus)
	return func() error { a.states.stop(); return nil }, nil
}

func (a *Agent) openBoard(context.Context) (stop func() error, err error) {
	a.board.open()
	return func() error { a.stopPage(); return nil }, nil
}

func (a *Agent) showTotals(context.Context) (stop func() error, err error) {
	if url := a.store.URL(); url != "" {
		place := a.config.Station
		a.terminal.Say("events: %s, subject qc.%s.%s.%s.>", url, place.Site, place.Line, place.Name)
		a.terminal.Say("watch:  bin/edge watch --url %s", url)
		a.terminal.Say("   or:  nats -s %s sub 'qc.>'", url)
	}
	if a.board.url != "" { // last, so that it stands where a person looks
		a.terminal.Say("page:   open %s in a browser", a.board.url)
	}
	a.terminal.Start(a.totals)
	return func() error { a.terminal.Finish(); return nil }, nil
}

func (a *Agent) startHeartbeat(ctx context.Context) (stop func() error, err error) {
	return background(ctx, a.beat), nil
}

func (a *Agent) startRequests(ctx context.Context) (stop func() error, err error) {
	return background(ctx, a.serveRequests), nil
}

// startForwarder moves events to the hub, where there is one.
func (a *Agent) startForwarder(ctx context.Context) (stop func() error, err error) {
	if !a.config.Events.Hub.URL.On() {
		return nil, nil
	}
	end := background(ctx, a.forward)
	return func() error {
		a.drain()
		return end()
	}, nil
}

func (a *Agent) forward(ctx context.Context) {
	hub := a.config.Events.Hub
	_ = a.store.Forward(ctx, outbox.ForwardOptions{ // it ends with ctx
		Hub: a.hub(), MaxBytes: hub.MaxBytes, EvidenceBytes: hub.EvidenceBytes,
		OnForwarded: a.forwarded,
		OnState: func(connected bool, err error) {
			a.board.hub(connected)
			if connected {
				a.log.Info("the hub takes events")
			} else {
				a.log.Warn("the hub takes no events: they are buffered on disk", "code", events.HubCause(err).Code, "err", err)
			}
		},
	})
}

// drainLimit is how long a run that ends waits for its last events to reach the
// hub. What is left waits on the disk for the next run.
const drainLimit = 5 * time.Second

// drain waits while events are left and the hub accepts them.
func (a *Agent) drain() {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(drainLimit); time.Now().Before(deadline); <-ticker.C {
		if s := a.store.Status(); s.Hub.Code != "" || s.Backlog() == 0 {
			return
		}
	}
}
