package agent

import (
	"context"
	"time"

	"pristine/events"
	"pristine/internal/problem"
)

// beat publishes a heartbeat with the agent's health at each interval and after
// beatSoon.
func (a *Agent) beat(ctx context.Context) {
	every := a.config.Events.Heartbeat
	if every == 0 {
		return
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		a.heartbeat(ctx, every)
		select {
		case <-ticker.C:
		case <-a.changed:
		case <-ctx.Done():
			return
		}
	}
}

// beatSoon requests a heartbeat, so that the fleet shows a change at once.
func (a *Agent) beatSoon() {
	select {
	case a.changed <- struct{}{}:
	default: // already requested
	}
}

func (a *Agent) heartbeat(ctx context.Context, every time.Duration) {
	said, counts := a.selfReport(every)
	state := events.State{Subject: "agent", Name: a.config.Station.Name, State: events.StateHeartbeat, Counts: counts, Agent: said}
	if _, err := a.store.Append(ctx, events.TypeState, state); err != nil && ctx.Err() == nil {
		a.log.Error("a heartbeat was lost", "err", err)
	}
}

// selfReport returns the state of the agent for heartbeats and status requests.
func (a *Agent) selfReport(every time.Duration) (*events.Agent, map[string]uint64) {
	status, store := a.status(), a.store.Status()
	said := &events.Agent{
		Version: a.version, Started: status.Started.UTC(), IntervalMS: every.Milliseconds(), Health: "ok",
		Provider: status.Model.Provider, Bundle: status.Model.Hash, PromptSets: map[string]string{}, Sets: map[string]*events.SetOrigin{},
	}
	if !problem.Healthy(status.Problems) {
		said.Health = "degraded"
	}
	for i := range status.Problems {
		said.Problems = append(said.Problems, status.Problems[i].Line())
	}
	if a.config.Events.Hub.URL.On() {
		said.Backlog = store.Backlog()
	}
	counts := map[string]uint64{"evidence_shed": sum(store.EvidenceShed), "events_shed": sum(store.Shed), "events_unstored": sum(store.Unstored), "history_forgotten": a.forgotten(),
		"requests": a.requests.Requests.Load(), "requests_refused": a.requests.Refused.Load()}
	var last time.Time
	for _, c := range status.Cameras {
		said.PromptSets[c.Name] = c.PromptSet
		if c.Set != nil {
			o := events.SetOrigin(*c.Set)
			said.Sets[c.Name] = &o
		}
		counts["frames"] += c.Frames
		counts["dropped"] += c.Dropped
		for cause, n := range c.DroppedBy {
			counts["dropped_"+cause] += n
		}
		for verdict, n := range c.Verdicts {
			counts[verdict] += n
		}
		if c.Last != nil && c.Last.Time.After(last) {
			last, said.LastVerdict = c.Last.Time, c.Last.Verdict
		}
	}
	return said, counts
}

func sum[K comparable](counts map[K]uint64) (all uint64) {
	for _, n := range counts {
		all += n
	}
	return all
}
