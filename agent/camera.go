package agent

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/capture/recording"
	"pristine/capture/testline"
	"pristine/capture/watchfolder"
	"pristine/inspect"
	"pristine/inspect/health"
	"pristine/inspect/track"
	"pristine/internal/config"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
	"pristine/telemetry/metrics"
	"pristine/telemetry/profiles"
	"pristine/telemetry/tracing"
	"pristine/web"
)

// camera is one camera, from its source to its station.
type camera struct {
	agent      *Agent
	config     *config.Camera
	regions    []*camera    // the cameras that this one captures for; empty if another captures
	source     *capture.Fan // to their slots
	slot       *capture.Latest
	pace       *capture.Pace  // of policy fps:N
	frames     inspect.Frames // of the slot, with their parts named
	stats      *capture.Stats
	live       liveSet
	keptSet    atomic.Pointer[keptSet] // the live set in the form that is stored
	acts       sync.Mutex              // one change of the live set at a time
	shadow     *prompts.Live           // the shadow set; nil without one
	shadowEdit string                  // hash of its initial text
	station    *inspect.Station
	baseline   *health.Baseline
	tracker    *track.Tracker                                // nil if the source names the parts
	kept       *learnedFolder                                // nil if learned data is not stored
	gate       *inspect.Gate                                 // of policy trigger
	tap        *inspect.Tap                                  // of any other policy
	truth      func(part string) (defect string, known bool) // of the built-in camera
	failure    error
	ledger     *watchfolder.Ledger // of a watched folder, shared by its regions; nil for other sources
	queue      *queue              // of results that are not stored yet
	periods    *inspect.Periods    // nil if each frame has its own result
	lostLogged time.Time           // accessed by the queue's goroutine
	lostSince  int
	passes     atomic.Uint64    // of the station and of requests, for the history's sample
	ages       *web.Ages        // of its verdicts
	encoder    *observe.Encoder // of the station; nil if frames are encoded in advance
	metrics    *metrics.Camera  // nil observes nothing
	traces     *tracing.Camera  // nil if tracing is off
	labels     *profiles.Labels // of profiles; nil if profiling is off
	alarms     atomic.Pointer[web.ChartAlarms]
	signals    atomic.Pointer[[]web.Signal] // of health, once they are learned
	learning   atomic.Pointer[learning]     // nil unless the camera learns
	learnedAt  atomic.Pointer[time.Time]    // nil if the references were not learned

	stopped        func() bool   // reports whether the agent is stopping
	goodParts      trialPictures // to plant defects into
	challengeAsked chan struct{} // of the live bank

	failed                 atomic.Pointer[string] // why the station has stopped; nil while it runs
	refused, shadowRefused atomic.Pointer[string] // why the last edit of a set is not in effect; nil if it is
}

// newCameras returns one camera for each region. The first one captures for all.
func newCameras(ctx context.Context, a *Agent, c *config.Camera) ([]*camera, error) {
	stations := c.Stations()
	var all []*camera
	var slots []*capture.Latest
	for i := range stations {
		k, err := newCamera(ctx, a, &stations[i])
		if err != nil {
			return nil, err
		}
		all, slots = append(all, k), append(slots, k.slot)
	}
	all[0].regions, all[0].source = all, capture.NewFan(slots...)
	return all, openWatched(ctx, all)
}

func newCamera(ctx context.Context, a *Agent, c *config.Camera) (*camera, error) {
	k := &camera{agent: a, config: c, stats: new(capture.Stats), ages: web.NewAges(), metrics: a.metrics.Camera(c.Name), traces: a.traces.Load().Camera(c.Name), challengeAsked: make(chan struct{}, 1)}
	k.stopped = func() bool { return ctx.Err() != nil }
	var err error
	k.slot = capture.NewLatest(slotPolicy(c))
	if k.config.Source.Kind == address.TestLine {
		k.truth = func(part string) (string, bool) {
			p, ok := testline.Truth(k.config.Source.Line, part)
			return p.Defect, ok
		}
	}
	if k.frames, err = k.track(); err != nil {
		return nil, usage.Error(fmt.Errorf("camera %s: %w", c.Name, err))
	}
	if err := k.openSet(ctx); err != nil {
		return nil, fmt.Errorf("camera %s: %w", c.Name, err)
	}
	k.baseline = health.NewBaseline(k.health())
	if err := k.resume(); err != nil {
		return nil, fmt.Errorf("camera %s: %w", c.Name, err)
	}
	k.queue = newQueue(&k.agent.buffers, k.store)
	results := k.results()
	if c.Policy == capture.Trigger {
		k.gate = newGate(c, k.frames, results, k.scorer)
		k.frames, results = k.gate, k.gate
	} else {
		k.tap = inspect.NewTap(k.frames)
		k.frames = k.tap
	}
	if a.config.Profiling.URL.On() {
		k.labels = profiles.New(c.Name)
		k.labels.Set(k.live.Bank().Set.Name)
	}
	var encoder inspect.Encoder
	if slotPolicy(c) == capture.Every {
		ahead := Ahead(a.model, k.view(), k.frames, k.labelled)
		k.frames, encoder = ahead, ahead
	} else {
		k.encoder = a.model.NewEncoder(k.view())
		encoder = k.encoder
	}
	now := time.Now
	if k.config.Source.Kind == address.Replay {
		clock := recording.NewClock(k.frames)
		k.frames, now = clock, clock.Now
	}
	if err := k.openShadow(ctx); err != nil {
		return nil, fmt.Errorf("camera %s: %w", c.Name, err)
	}
	k.station = inspect.New(inspect.Options{
		Camera: c.Name, PartsOnly: k.partsOnly(), SilentAfter: k.silentAfter(), Health: k.health(), Baseline: k.baseline, OnLearned: k.learnedHealth, OnExamined: k.examined, Now: now,
		Shadow: k.shadowScorer(), Unready: k.unreadyStation,
		Limits: inspect.Limits{N: c.FailFrames, M: c.OfFrames, HoldOff: c.HoldOff},
	}, k.frames, k.labelled(encoder), k.scorer, results)
	return k, nil
}

// view returns the area of its frames that the camera inspects.
func (k *camera) view() observe.View {
	return observe.View{Region: k.config.Region, Polygon: k.config.Polygon, MMPerPixel: k.config.MMPerPixel}
}

// results returns the sink of the station's results. It uses Periods for a live camera
// without parts, which would flood subscribers while it is unfit.
func (k *camera) results() inspect.Sink {
	s := &sink{camera: k}
	if k.config.Source.Kind == address.File || k.config.Source.Kind == address.Watch {
		return s // each picture of a folder is a part
	}
	k.periods = inspect.NewPeriods(s, k.config.Health.Report, func(r *inspect.Result) { k.agent.board.latest(r, s.pageJPEG(r), s.pageMap(r)) }, k.reportPeriod)
	return k.periods
}

// scorer returns the live bank.
func (k *camera) scorer() inspect.Scorer { return k.live.current.Load() }

// partsOnly reports whether frames without a part are skipped.
func (k *camera) partsOnly() bool {
	return k.config.PartsOnly || k.config.Track.Axis != "" || k.gate != nil
}

// silentAfter returns the time after which the camera counts as silent. It is off for
// triggers, since a trigger without a frame is INVALID no_frame anyway, and for watched
// folders, which receive pictures only when there are parts.
func (k *camera) silentAfter() time.Duration {
	if k.gate != nil || k.config.Source.Kind == address.Watch {
		return 0
	}
	return k.config.SilentAfter
}

func (k *camera) health() health.Limits {
	limits := HealthLimits(&k.config.Health)
	limits.Polygon = k.config.Polygon
	if k.config.Source.Kind == address.File || k.config.Source.Kind == address.Watch {
		limits.Learn = 0 // pictures of a folder may show different views
	}
	if k.config.Policy == capture.Every || !k.config.Source.Live() {
		limits.MaxAge = 0 // frames of a file wait for their turn
	}
	return limits
}

// run captures and inspects until the camera or ctx ends. Frames that were captured by
// then are still inspected.
func (k *camera) run(ctx context.Context) {
	var helpers sync.WaitGroup
	helpersCtx, stop := context.WithCancel(ctx)
	var captured error
	defer func() {
		stop()
		helpers.Wait()
		k.failure = errors.Join(k.failure, captured)
	}()
	if k.source != nil {
		helpers.Go(func() {
			k.labels.Enter(profiles.Capture)
			captured = k.capture(ctx)
		})
	}
	work := context.WithoutCancel(ctx)
	k.startLearning(work)
	helpers.Go(func() { k.followSet(helpersCtx) })
	helpers.Go(func() { k.followSignature(helpersCtx, k.config.Prompts, k.signedSet) })
	if k.waitsForChallenge() {
		k.challengeIfAsked(helpersCtx)
	}
	helpers.Go(func() { k.challengeLoop(helpersCtx) })
	if k.shadow != nil {
		helpers.Go(func() { k.followShadow(helpersCtx) })
		helpers.Go(func() { k.followSignature(helpersCtx, k.config.Shadow, k.signedShadow) })
	}
	helpers.Go(func() { k.watch(helpersCtx, work) })
	k.labels.Enter(profiles.Health)
	err := k.station.Run(k.labels.Context(work))
	if l := k.learning.Load(); err == nil && l != nil && ctx.Err() == nil {
		err = l.err // the frames ended before the camera had learned
	}
	if err != nil {
		k.fail(err)
	}
	if k.periods != nil {
		k.periods.End()
	}
	k.compared(work)
}

// rebuild makes a bank of an edited set. It keeps learned references and reads those
// beside the set again.
func (k *camera) rebuild(ctx context.Context, set *prompts.Set) (*prompts.Bank, error) {
	if k.config.References != "" || k.config.LearnParts > 0 {
		return k.live.Bank().Rebuild(ctx, set, k.agent.model.Texts)
	}
	bank, err := prompts.NewBank(ctx, set, k.agent.model.Texts, k.agent.model.Info())
	if err != nil {
		return nil, err
	}
	return k.agent.model.WithStoredReferences(bank, k.config.Prompts)
}

// rebuildPushed makes a bank of a pushed set. It keeps the references in use, unless the
// set names others.
func (k *camera) rebuildPushed(ctx context.Context, set *prompts.Set) (*prompts.Bank, error) {
	if live := k.live.Bank(); set.References == live.Set.References {
		return live.Rebuild(ctx, set, k.agent.model.Texts)
	}
	return k.rebuild(ctx, set)
}

// watch checks once a second whether the camera is silent.
func (k *camera) watch(ctx, work context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			k.station.Check(work)
		case <-ctx.Done():
			return
		}
	}
}
