package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"pristine/events"
	"pristine/events/outbox"
	"pristine/internal/problem"
)

// watcher looks for problems once a second, and announces when one begins and
// when it ends: an event, a line in the log and one on the terminal each.
type watcher struct {
	agent    *Agent
	every    time.Duration // between two looks
	lostLast time.Duration // how long lost events stay a problem after the last of them
	tracker  *tracker
	pending  []announcement // events that the store could not take yet, the oldest first

	mu    sync.Mutex
	disk  diskFacts
	store outbox.Status
	lost  lossCounter
}

// announcement is an event that is to be stored.
type announcement struct {
	kind events.Type
	data any
}

// maxPending limits the events that wait for a store; the oldest are dropped.
const maxPending = 100

func newWatcher(a *Agent) *watcher {
	return &watcher{agent: a, every: time.Second, lostLast: time.Minute, tracker: newTracker(time.Minute)}
}

// watchProblems starts the watcher.
func (a *Agent) watchProblems(ctx context.Context) (stop func() error, err error) {
	return background(ctx, a.watcher.run), nil
}

func (w *watcher) run(ctx context.Context) {
	ticker := time.NewTicker(w.every)
	defer ticker.Stop()
	for {
		w.look(ctx, time.Now())
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (w *watcher) look(ctx context.Context, now time.Time) {
	w.measure(now)
	begun, ended := w.tracker.look(now, w.agent.status().Problems)
	for i := range begun {
		w.begin(ctx, &begun[i])
	}
	for i := range ended {
		w.end(ctx, now, &ended[i])
	}
	w.publish(ctx)
}

// measure reads the store's measurements and caches them, so that a page never waits
// for a disk.
func (w *watcher) measure(now time.Time) {
	store := w.agent.store.Status()
	disk := diskFacts{dir: w.agent.config.Events.Dir}
	disk.free, disk.reserve = w.agent.store.Space()
	var unsent uint64
	for _, k := range w.agent.cameras {
		unsent += k.queue.lost.Load()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.disk, w.store = disk, store
	w.lost.note(now, max(sum(store.Unstored), unsent))
}

// measured returns the last measurements.
func (w *watcher) measured(now time.Time) (disk diskFacts, store outbox.Status, lost uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.disk, w.store, w.lost.since(now.Add(-w.lostLast))
}

// begin announces a problem.
func (w *watcher) begin(ctx context.Context, p *problem.Problem) {
	level := slog.LevelError
	if p.Severity == problem.Warning {
		level = slog.LevelWarn
	}
	w.agent.log.Log(ctx, level, "problem", "code", p.Code, "severity", p.Severity, "camera", p.Camera, "cause", p.Cause, "text", p.Text)
	w.agent.terminal.Say("%s: %s", p.Severity, p.Advice())
	since := p.Since.UTC()
	w.add(announcement{events.TypeAlarm, events.Alarm{
		Name: string(p.Code), Detail: p.Advice(), Severity: string(p.Severity), Camera: p.Camera, Cause: p.Cause, Since: &since,
	}})
}

// end announces that a problem has ended.
func (w *watcher) end(ctx context.Context, now time.Time, p *problem.Problem) {
	lasted := now.Sub(p.Since)
	words := lasted.Round(time.Second).String()
	w.agent.log.InfoContext(ctx, "problem ended", "code", p.Code, "camera", p.Camera, "lasted", words)
	w.agent.terminal.Say("resolved after %s: %s", words, p.Text)
	state := events.State{
		Subject: "agent", Name: w.agent.config.Station.Name, State: events.StateResolved, Problem: string(p.Code), Cause: p.Cause,
		Detail: fmt.Sprintf("%s lasted %s: %s", p.Code, words, p.Text), Counts: map[string]uint64{"lasted_ms": uint64(max(lasted, 0).Milliseconds())},
	}
	if p.Camera != "" {
		state.Subject, state.Name = "camera", p.Camera
	}
	w.add(announcement{events.TypeState, state})
}

func (w *watcher) add(a announcement) {
	if w.pending = append(w.pending, a); len(w.pending) > maxPending {
		w.pending = w.pending[1:]
	}
}

// publish stores the pending announcements, in order. What a full store refuses
// stays pending: an attempt that must fail would count as another lost event.
func (w *watcher) publish(ctx context.Context) {
	for len(w.pending) > 0 {
		if free, reserve := w.agent.store.Space(); free < reserve/2 {
			return
		}
		_, err := w.agent.store.Append(ctx, w.pending[0].kind, w.pending[0].data)
		if errors.Is(err, outbox.ErrFull) || errors.Is(err, outbox.ErrRestarting) || ctx.Err() != nil {
			return
		}
		if err != nil { // the store has it, or stores it before the next one
			w.agent.log.Error("the event of a problem may be lost", "err", err)
		}
		w.pending = w.pending[1:]
	}
}

// lossCounter counts how many events were lost lately, from a counter that only
// grows.
type lossCounter struct {
	total uint64
	first uint64 // total before the losses that are counted now
	last  time.Time
}

// note records the counter's value at a time.
func (l *lossCounter) note(now time.Time, total uint64) {
	if total > l.total {
		l.last = now
	}
	l.total = total
}

// since returns how many were lost in the series whose last loss is not before
// a time; 0 ends the series.
func (l *lossCounter) since(limit time.Time) uint64 {
	if l.last.IsZero() || l.last.Before(limit) {
		l.first = l.total
		return 0
	}
	return l.total - l.first
}
