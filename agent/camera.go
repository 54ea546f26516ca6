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
	"pristine/events"
	"pristine/inspect"
	"pristine/internal/config"
	"pristine/internal/polygon"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
	"pristine/web"
)

// camera is one camera, from its source to its station.
type camera struct {
	agent     *Agent
	config    *config.Camera
	address   address.Address
	regions   []*camera    // it captures for these; empty where another captures
	source    *capture.Fan // to their slots
	slot      *capture.Latest
	frames    inspect.Frames // of the slot, with their parts named
	stats     *capture.Stats
	live      *prompts.Live
	shadow    *prompts.Live // of the set that is compared with the live one; nil without
	station   *inspect.Station
	baseline  *inspect.Baseline
	tracker   *inspect.Tracker                              // nil where the source names the parts
	kept      *learnedFolder                                // nil where nothing is kept
	gate      *inspect.Gate                                 // of policy trigger
	tap       *inspect.Tap                                  // of any other policy
	truth     func(part string) (defect string, known bool) // of the built-in camera
	failure   error
	ages      *web.Ages                    // of its verdicts
	signals   atomic.Pointer[[]web.Signal] // of health, once they are learned
	learning  atomic.Pointer[learning]     // nil while parts are judged
	learnedAt atomic.Pointer[time.Time]    // nil where the references were not learned

	refused, shadowRefused atomic.Pointer[string] // why the last edit of a set is not in effect; nil when it is
}

// newCameras makes one camera a region. The first of them captures for all.
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
	return all, nil
}

func newCamera(ctx context.Context, a *Agent, c *config.Camera) (*camera, error) {
	k := &camera{agent: a, config: c, stats: new(capture.Stats), ages: web.NewAges()}
	bank, err := a.model.BankWith(ctx, c.Prompts, k.view(), c.References)
	if err != nil {
		return nil, fmt.Errorf("camera %s: %w", c.Name, err)
	}
	k.live = prompts.NewLive(bank)
	if k.address, err = address.Parse(c.Source); err != nil {
		return nil, usage.Error(fmt.Errorf("camera %s: %w", c.Name, err))
	}
	k.slot = capture.NewLatest(SlotPolicy(c, k.address))
	if k.address.Kind == address.TestLine {
		k.truth = func(part string) (string, bool) {
			p, ok := testline.Truth(k.address.Line, part)
			return p.Defect, ok
		}
	}
	if k.frames, err = k.track(); err != nil {
		return nil, usage.Error(fmt.Errorf("camera %s: %w", c.Name, err))
	}
	k.baseline = inspect.NewBaseline(k.health())
	if err := k.resume(); err != nil {
		return nil, fmt.Errorf("camera %s: %w", c.Name, err)
	}
	var results inspect.Sink = &sink{camera: k}
	if c.Policy == capture.Trigger {
		k.gate = newGate(c, k.frames, results, k.scorer)
		k.frames, results = k.gate, k.gate
	} else {
		k.tap = inspect.NewTap(k.frames)
		k.frames = k.tap
	}
	now := time.Now
	if k.address.Kind == address.Replay {
		clock := recording.NewClock(k.frames)
		k.frames, now = clock, clock.Now
	}
	if err := k.openShadow(ctx); err != nil {
		return nil, fmt.Errorf("camera %s: %w", c.Name, err)
	}
	k.station = inspect.New(inspect.Options{
		Camera: c.Name, PartsOnly: k.partsOnly(), SilentAfter: k.silentAfter(), Health: k.health(), Baseline: k.baseline, OnLearned: k.learnedHealth, Now: now,
		Shadow: k.shadowScorer(),
		Limits: inspect.Limits{N: c.FailFrames, M: c.OfFrames, HoldOff: c.HoldOff},
	}, k.frames, a.model.NewEncoder(k.view()), k.scorer, results)
	return k, nil
}

// view is what the camera inspects of its frames.
func (k *camera) view() observe.View {
	return observe.View{Region: k.config.Region, Polygon: k.config.Polygon}
}

// scorer returns the live bank.
func (k *camera) scorer() inspect.Scorer { return k.live.Bank() }

// partsOnly tells whether frames without a part are belt.
func (k *camera) partsOnly() bool {
	return k.config.PartsOnly || k.config.Track.Axis != "" || k.gate != nil
}

// silentAfter is off where frames wait for triggers: a trigger without a frame
// is INVALID no_frame by itself.
func (k *camera) silentAfter() time.Duration {
	if k.gate != nil {
		return 0
	}
	return k.config.SilentAfter
}

func (k *camera) health() inspect.HealthLimits {
	limits := HealthLimits(&k.config.Health)
	limits.Polygon = polygon.Points(k.config.Polygon)
	if k.address.Kind == address.File {
		limits.Learn = 0 // pictures of a folder need not be of one view
	}
	if k.config.Policy == capture.Every || !k.address.Live() {
		limits.MaxAge = 0 // frames of a file wait for their turn
	}
	return limits
}

// run captures and inspects until the camera ends or ctx does; what was
// captured until then is inspected.
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
		helpers.Go(func() { captured = k.capture(ctx) })
	}
	work := context.WithoutCancel(ctx)
	k.startLearning(work)
	helpers.Go(func() { k.follow(helpersCtx, k.live, k.config.Prompts, k.rebuild, &k.refused) })
	if k.shadow != nil {
		helpers.Go(func() { k.follow(helpersCtx, k.shadow, k.config.Shadow, k.rebuildShadow, &k.shadowRefused) })
	}
	helpers.Go(func() { k.watch(helpersCtx, work) })
	err := k.station.Run(work)
	if l := k.learning.Load(); err == nil && l != nil && ctx.Err() == nil {
		err = l.err // frames that end by themselves before the camera has learned
	}
	if err != nil {
		k.failure = fmt.Errorf("camera %s: %w", k.config.Name, err)
	}
	k.compared(work)
}

// rebuild makes a bank of an edited set. Learned references go on; those kept
// beside the set are read again.
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

// follow puts edits of a prompt set into effect.
func (k *camera) follow(ctx context.Context, live *prompts.Live, file string, build func(context.Context, *prompts.Set) (*prompts.Bank, error), refused *atomic.Pointer[string]) {
	live.Follow(ctx, file, 500*time.Millisecond, build, func(_ *prompts.Bank, err error) {
		state, detail := "reloaded", ""
		if err != nil {
			state, detail = "refused", err.Error()
			refused.Store(&detail)
			k.agent.log.Error("the prompt set was refused; the last good one goes on", "file", file, "err", err)
		} else {
			refused.Store(nil)
			k.agent.log.Info("the prompt set was reloaded", "file", file)
		}
		k.tell(ctx, events.State{Subject: "prompts", Name: file, State: state, Detail: detail})
	})
}

// watch looks for silence of the camera once a second.
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

// truthOf returns what the built-in camera knows of a part, nil where the source
// knows nothing.
func (k *camera) truthOf(part string) *Truth {
	if k.truth == nil || part == "" {
		return nil
	}
	defect, known := k.truth(part)
	if !known {
		return nil
	}
	return &Truth{Defect: defect}
}

// state tells changes of the camera to the log and to subscribers.
func (k *camera) state(s capture.State) {
	k.agent.board.phase(k.config.Name, s)
	detail := ""
	switch {
	case s.Err == nil:
	case s.Phase == capture.Ended:
		detail = capture.Redact(s.Err.Error())
		k.agent.log.Error("the camera ended too early", "camera", k.config.Name, "err", detail)
	default:
		detail = capture.Redact(s.Err.Error())
		k.agent.log.Warn("the camera gives no frames", "camera", k.config.Name, "err", detail, "next_attempt", s.Wait.Round(time.Millisecond))
	}
	k.tell(context.Background(), events.State{Subject: "camera", Name: k.config.Name, State: string(s.Phase), Detail: detail})
}

func (k *camera) tell(ctx context.Context, s events.State) {
	if _, err := k.agent.store.Append(ctx, events.TypeState, s); err != nil && ctx.Err() == nil {
		k.agent.log.Error("a state event was lost", "err", err)
	}
}
