package agent

import (
	"time"

	"pristine/capture"
	"pristine/inspect"
	"pristine/web"
)

// status returns the agent's status for the page and for programs.
func (a *Agent) status() web.Status {
	now := time.Now()
	b := a.board
	b.mu.Lock()
	defer b.mu.Unlock()
	place := a.config.Station
	s := web.Status{
		Station: place.Site + "/" + place.Line + "/" + place.Name, Version: a.version, Started: b.started, Now: now, Model: a.modelStatus(b.opened),
		Cameras: []web.Camera{}, Events: web.Events{Hub: capture.Redact(string(a.config.Events.Hub.URL)), HubTakes: b.hubTakes}, Flagged: b.list(),
	}
	f := facts{opened: b.opened, model: s.Model, configuration: a.problems}
	if !b.opened {
		s.Problems = a.watcher.tracker.date(now, collect(&f))
		return s
	}
	disk, store, lost := a.watcher.measured(now)
	f.disk, f.lost, f.hub = disk, lost, a.hubState(&store)
	a.eventsStatus(&s.Events, disk, &store)
	for _, k := range a.cameras {
		c := k.status(b.phases[k.config.Name])
		if last, ok := b.last[k.config.Name]; ok {
			c.Last = &last
		}
		s.Cameras = append(s.Cameras, c)
		f.cameras = append(f.cameras, k.facts(&c))
	}
	s.Problems = a.watcher.tracker.date(now, collect(&f))
	return s
}

// modelStatus returns the state of the model and, once it is open, its provider.
func (a *Agent) modelStatus(opened bool) web.Model {
	if !opened {
		state, reason := a.states.current()
		return web.Model{Bundle: a.config.Model.Bundle, State: string(state), Reason: reason}
	}
	state, reason := a.model.Images.State()
	runs, bundle := a.model.Images.Status(), a.model.Bundle
	return web.Model{
		Bundle: bundle.Manifest.Name + " " + bundle.Manifest.Version, Hash: bundle.Hash,
		State: string(state), Provider: runs.Provider, Degraded: runs.Degraded, Reason: reason, Runs: runs.Runs,
	}
}

// status returns the camera's part of the agent's status.
func (k *camera) status(phase capture.State) web.Camera {
	counts, bank, dropped := k.station.Counts(), k.live.Bank(), k.dropped()
	armed, why := bank.Armed()
	c := web.Camera{
		Name: k.config.Name, Phase: string(phase.Phase), PromptSet: bank.Set.Name, Shadow: !armed, References: bank.References(),
		Frames: counts.Frames, Scored: counts.Scored, Dropped: dropped.Total(), DroppedBy: dropped.ByCause(), HeldOff: counts.HeldOff, Unsent: k.queue.lost.Load(), Waiting: uint64(max(k.queue.waiting.Load(), 0)), PicturesGivenUp: k.queue.givenUp.Load(),
		Opens: k.stats.Opens.Load(), Failures: k.stats.Failures.Load(), Abandoned: k.stats.Abandoned.Load(), Verdicts: map[string]uint64{},
		Severities: web.Severities{string(inspect.Fail): {}, string(inspect.Review): {}},
		VerdictAge: k.ages.Now(), Health: []web.Signal{}, Region: k.config.Region, Polygon: k.config.Polygon,
	}
	if !armed {
		c.ShadowReason = why
	}
	o := web.SetOrigin(*k.live.Origin())
	c.Set = &o
	if k.ledger != nil {
		folder := web.Folder(k.ledger.Status())
		c.Folder = &folder
	}
	if k.gate != nil {
		n := k.gate.Counts()
		c.Triggers = &web.Triggers{
			Accepted: n.Triggers - n.Overrun - n.Duplicate, Answered: n.Answered, Missed: n.Missed, Late: n.Late, Overrun: n.Overrun, Duplicate: n.Duplicate,
		}
	}
	c.Alarms = k.alarms.Load()
	if learned := k.signals.Load(); learned != nil {
		c.Health = *learned
	}
	if l := k.learning.Load(); l != nil {
		c.Phase, c.Detail = "learning", l.String()
	}
	if at := k.learnedAt.Load(); at != nil {
		c.LearnedAt = at
	}
	if phase.Err != nil {
		c.Phase = string(phase.Phase)
		c.Detail, c.Cause = capture.Redact(phase.Err.Error()), capture.Cause(phase.Err)
	}
	for _, why := range []*string{k.refused.Load(), k.shadowRefused.Load()} {
		if why != nil {
			c.Refused += *why
		}
	}
	for verdict, n := range counts.Verdicts {
		c.Verdicts[string(verdict)] = n
	}
	for s, n := range counts.Severities {
		c.Severities[string(s.Verdict)][string(s.Severity)] = n
	}
	return c
}

// facts returns the facts from which problems of the camera are derived.
func (k *camera) facts(c *web.Camera) cameraFacts {
	f := cameraFacts{Camera: c}
	if why := k.failed.Load(); why != nil {
		f.failed = *why
	}
	if l := k.learning.Load(); l != nil && l.err != nil {
		f.learningFailed = l.err.Error()
	}
	if s := k.live.Bank().Sensitivity(); s.Insensitive {
		f.insensitive = s.Detail
	}
	if why := k.refused.Load(); why != nil {
		f.refused = *why
	}
	if why := k.shadowRefused.Load(); why != nil {
		f.shadowRefused = *why
	}
	return f
}
