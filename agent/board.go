package agent

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"pristine/capture"
	"pristine/infer"
	"pristine/inspect"
	"pristine/web"
)

// board is what the page shows: the newest result of each camera and the last
// flagged ones, with their pictures in memory. Safe for concurrent use.
type board struct {
	url      string // of the page; set before the board is shared
	mu       sync.Mutex
	opened   bool // the agent's model, store and cameras are there
	started  time.Time
	watched  time.Time // when somebody last asked
	phases   map[string]capture.State
	last     map[string]web.Flagged
	newest   map[string][]byte // JPEG of the last result, by camera; nil when it has none
	flagged  []web.Flagged     // oldest first
	pictures map[string][]byte // JPEG, by the id of a flagged result
	ids      uint64
	hubTakes bool
}

// Limits of what is kept and made for the page.
const (
	boardResults = 24
	boardWatch   = 10 * time.Second // nobody has asked for so long: nobody looks
)

func newBoard() *board {
	return &board{
		started: time.Now(), phases: map[string]capture.State{}, last: map[string]web.Flagged{},
		newest: map[string][]byte{}, pictures: map[string][]byte{},
	}
}

// wants tells whether a result needs its picture for the page alone.
func (b *board) wants() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Since(b.watched) < boardWatch
}

// result notes a result; jpeg is its picture, or nil.
func (b *board) result(r *inspect.Result, jpeg []byte) {
	f := web.Flagged{Time: r.Finished, Camera: r.Camera, Part: r.Part, Verdict: string(r.Verdict), Reason: string(r.Reason), Detail: r.Detail, Shadow: r.Shadow}
	if r.Scores != nil {
		defect := r.Scores.Defect
		f.Defect, f.Likeliest = &defect, r.Scores.Top
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	// A picture is never shown beside another result than its own.
	b.newest[r.Camera] = jpeg
	if r.Verdict != inspect.Pass {
		b.ids++
		if jpeg != nil {
			f.ID = strconv.FormatUint(b.ids, 10)
			b.pictures[f.ID] = jpeg
		}
		b.flagged = append(b.flagged, f)
		if len(b.flagged) > boardResults {
			delete(b.pictures, b.flagged[0].ID)
			b.flagged = slices.Delete(b.flagged, 0, 1)
		}
	}
	if f.ID = ""; jpeg != nil {
		f.ID = r.Camera
	}
	b.last[r.Camera] = f
}

// next waits for the picture of a camera's next result.
func (b *board) next(ctx context.Context, camera string) ([]byte, error) {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	b.mu.Lock()
	before := b.last[camera].Time
	b.mu.Unlock()
	for {
		b.mu.Lock()
		b.watched = time.Now()
		jpeg, at := b.newest[camera], b.last[camera].Time
		b.mu.Unlock()
		if jpeg != nil && at.After(before) {
			return jpeg, nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for a picture of camera %s: %w", camera, context.Cause(ctx))
		}
	}
}

func (b *board) open() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.opened = true
}

func (b *board) isOpen() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.opened
}

func (b *board) phase(camera string, s capture.State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.phases[camera] = s
}

func (b *board) hub(takes bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hubTakes = takes
}

func (b *board) picture(id string) ([]byte, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if jpeg, ok := b.pictures[id]; ok {
		return jpeg, true
	}
	jpeg := b.newest[id]
	return jpeg, jpeg != nil
}

// status says what the agent does, for the page and for programs.
func (a *Agent) status() web.Status {
	b := a.board
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watched = time.Now()
	place := a.config.Station
	s := web.Status{
		Station: place.Site + "/" + place.Line + "/" + place.Name, Version: a.version, Started: b.started, Now: b.watched, Problems: []string{}, Model: a.modelStatus(b.opened),
		Cameras: []web.Camera{}, Events: web.Events{Hub: a.config.Events.Hub.URL, HubTakes: b.hubTakes}, Flagged: append([]web.Flagged{}, b.flagged...),
	}
	slices.Reverse(s.Flagged)
	s.Problems = append(s.Problems, modelProblems(&s.Model)...)
	if !b.opened {
		s.Problems = append(s.Problems, "the agent is starting: no camera is inspected yet")
		return s
	}
	s.Events.URL, s.Events.Sequence = a.store.URL(), a.store.Sequence()
	for _, k := range a.cameras {
		c := k.status(b.phases[k.config.Name])
		if last, ok := b.last[k.config.Name]; ok {
			c.Last = &last
		}
		s.Cameras = append(s.Cameras, c)
		s.Problems = append(s.Problems, problems(&c)...)
	}
	return s
}

// modelStatus says how far the model is; opened, also where it runs.
func (a *Agent) modelStatus(opened bool) web.Model {
	if !opened {
		state, reason := a.states.current()
		return web.Model{Bundle: a.config.Model.Bundle, State: string(state), Reason: reason}
	}
	state, reason := a.model.Images.State()
	runs, bundle := a.model.Images.Status(), a.model.Bundle
	return web.Model{
		Bundle: bundle.Manifest.Name + " " + bundle.Manifest.Version, Hash: bundle.Hash,
		State: string(state), Provider: runs.Provider, Degraded: runs.Degraded, Reason: reason,
	}
}

// modelProblems are why the model is not what it is to be for good.
func modelProblems(m *web.Model) []string {
	if state := infer.State(m.State); state == infer.Ready || state == infer.Degraded {
		return nil
	}
	text := "the model is " + m.State
	if m.Reason != "" {
		text += ": " + m.Reason
	}
	return []string{text}
}

// status is the camera's part of the agent's.
func (k *camera) status(phase capture.State) web.Camera {
	counts, bank := k.station.Counts(), k.live.Bank()
	armed, why := bank.Armed()
	c := web.Camera{
		Name: k.config.Name, Phase: string(phase.Phase), PromptSet: bank.Set.Name, Shadow: !armed, References: bank.References(),
		Frames: counts.Frames, Scored: counts.Scored, Dropped: counts.Dropped, HeldOff: counts.HeldOff, Unsent: counts.Unsent,
		Opens: k.stats.Opens.Load(), Failures: k.stats.Failures.Load(), Abandoned: k.stats.Abandoned.Load(), Verdicts: map[string]uint64{},
		VerdictAge: k.ages.Now(), Health: []web.Signal{},
	}
	if !armed {
		c.ShadowReason = why
	}
	if k.gate != nil {
		n := k.gate.Counts()
		c.Triggers = &web.Triggers{
			Accepted: n.Triggers - n.Overrun - n.Duplicate, Answered: n.Answered, Missed: n.Missed, Late: n.Late, Overrun: n.Overrun, Duplicate: n.Duplicate,
		}
	}
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
		c.Detail = capture.Redact(phase.Err.Error())
	}
	for _, why := range []*string{k.refused.Load(), k.shadowRefused.Load()} {
		if why != nil {
			c.Refused += *why
		}
	}
	for verdict, n := range counts.Verdicts {
		c.Verdicts[string(verdict)] = n
	}
	return c
}

// problems are the reasons for which a camera's parts are not inspected.
func problems(c *web.Camera) []string {
	var all []string
	switch {
	case capture.Phase(c.Phase) == capture.Waiting:
		all = append(all, "camera "+c.Name+" gives no frames: "+c.Detail)
	case capture.Phase(c.Phase) == capture.Ended && c.Detail != "":
		all = append(all, "camera "+c.Name+" ended too early: "+c.Detail)
	case c.Last != nil && c.Last.Verdict == string(inspect.Invalid):
		reason := c.Last.Reason
		if c.Last.Detail != "" {
			reason += ": " + c.Last.Detail
		}
		all = append(all, "camera "+c.Name+": the newest result is INVALID: "+reason)
	}
	if c.Unsent > 0 {
		all = append(all, "camera "+c.Name+": "+strconv.FormatUint(c.Unsent, 10)+" results could not be stored: look into the log")
	}
	return all
}
