package agent

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/events"
	"pristine/history"
	"pristine/inspect"
	"pristine/inspect/health"
	"pristine/prompts"
	"pristine/web"
)

// learning is the progress of a camera's learning. A nil learning means that parts are
// judged.
type learning struct {
	done, total int
	err         error                    // it cannot go on: parts stay INVALID
	challenging *atomic.Pointer[counted] // progress of the challenge; nil while the camera learns
}

// counted is how much is done.
type counted struct{ done, total int }

// newChallenging returns the state of a camera during its challenge.
func newChallenging() *learning {
	l := &learning{challenging: new(atomic.Pointer[counted])}
	l.challenging.Store(new(counted))
	return l
}

func (l *learning) String() string {
	if l.err != nil {
		return l.err.Error()
	}
	if l.challenging != nil {
		c := l.challenging.Load()
		return fmt.Sprintf("challenging with synthetic defects: %d of %d", c.done, c.total)
	}
	return fmt.Sprintf("learning good parts: %d of %d", l.done, l.total)
}

// unready returns why the camera's parts cannot be judged, or ReasonNone if they can.
func (k *camera) unready() (inspect.Reason, string) {
	if l := k.learning.Load(); l != nil {
		return inspect.ReasonLearning, l.String()
	}
	return inspect.ReasonNone, ""
}

// keepsLearned reports whether learned data is stored for the next start. Files and
// recordings show the same frames each time, so learning from them again gives the same
// results.
func (k *camera) keepsLearned() bool {
	return k.config.Source.Live() || k.config.Source.Kind == address.Watch
}

// resume restores the camera's learned data. Data that cannot be used is logged and
// learned again. It never prevents the agent from starting.
func (k *camera) resume() error {
	if !k.keepsLearned() {
		return nil
	}
	dir := filepath.Join(filepath.Dir(filepath.Clean(k.agent.config.Events.Dir)), "learned")
	var err error
	if k.kept, err = newLearnedFolder(dir, k.config, k.agent.model.Bundle.Hash, k.agent.model.Matcher); err != nil {
		return err
	}
	k.restoreState(learnedBaseline, "picture health", k.baseline)
	if k.baseline.Learned() {
		k.learnedHealth(k.baseline)
	}
	if k.tracker != nil && k.config.Track.Empty == "" {
		k.restoreState(learnedBelt, "the empty belt", k.tracker)
	}
	if !k.learnsParts() {
		return nil
	}
	parts, about, err := k.kept.loadParts()
	if err == nil && parts == nil {
		return nil
	}
	var bank *prompts.Bank
	if err == nil {
		bank, err = k.live.Bank().WithLearned(parts)
	}
	if err != nil {
		k.agent.log.Warn("learned parts cannot be used, learning again", "camera", k.config.Name, "err", err)
		return nil
	}
	k.live.Swap(bank)
	k.learnedAt.Store(&about.At)
	k.resumeChallenge()
	k.agent.log.Info("resumed with learned parts", "camera", k.config.Name, "parts", about.Parts, "learned_at", about.At)
	return nil
}

func (k *camera) restoreState(file, what string, s snapshot) {
	at, err := k.kept.loadState(file, s)
	switch {
	case err != nil:
		k.agent.log.Warn("learned data cannot be used, learning again", "camera", k.config.Name, "what", what, "err", err)
	case !at.IsZero():
		k.agent.log.Info("resumed with learned data", "camera", k.config.Name, "what", what, "learned_at", at)
	}
}

// learnsParts reports whether the camera learns its references from its first parts.
func (k *camera) learnsParts() bool {
	return k.config.LearnParts > 0 && k.config.References == ""
}

// startLearning makes the station learn good parts if it has no references yet.
func (k *camera) startLearning(ctx context.Context) {
	if k.learnsParts() && k.live.Bank().References() == 0 {
		k.learn(ctx, nil)
	}
}

// learn makes the station learn good parts and, with a baseline, the camera's picture
// health.
func (k *camera) learn(ctx context.Context, baseline *health.Baseline) {
	total := k.config.LearnParts
	k.learning.Store(&learning{total: total})
	m := k.agent.model
	encoder, good := m.NewEncoder(k.view()), new(trialPictures)
	k.station.Learn(inspect.NewLearner(inspect.LearnOptions{
		Turn: encoder.ObserveTurned, Parts: total,
		Good: func(f *capture.Frame) {
			if k.challenges() {
				good.add(k, f)
			}
		},
		Progress: func(done, total int) {
			k.learning.Store(&learning{done: done, total: total})
			k.agent.terminal.Progress("learning good parts", done, total)
		},
		Learned: func(bank *prompts.Bank) {
			k.goodParts.set(good.list())
			k.learnedParts(ctx, bank)
		},
		Failed: func(err error) {
			if errors.Is(err, inspect.ErrEnded) && k.stopped() {
				return // the agent is stopping: the camera learns at the next start
			}
			k.learning.Store(&learning{err: err, total: total})
			k.agent.log.Error("learning failed: parts are INVALID until it learns again (edge reference learn)", "camera", k.config.Name, "err", err)
			k.publishState(ctx, events.State{Subject: "camera", Name: k.config.Name, State: "learning_failed", Detail: err.Error()})
		},
	}, k.live.Bank().WithoutReferences(), prompts.NewReferences(m.Bundle.Hash, m.Matcher), prompts.NewReferences(m.Bundle.Hash, m.Matcher)), baseline)
	k.publishState(ctx, events.State{Subject: "camera", Name: k.config.Name, State: "learning", Detail: fmt.Sprintf("the next %d parts count as good and get no verdict", total)})
}

// learnedParts puts the learned references into effect and stores them.
func (k *camera) learnedParts(ctx context.Context, bank *prompts.Bank) {
	var next *learning // judging
	if k.challenges() {
		next = newChallenging()
	}
	bank, now := k.putLearned(ctx, bank, next)
	if k.kept != nil {
		if err := k.kept.saveParts(bank.Learned(), now); err != nil {
			k.agent.log.Error("saving what was learned failed: the next start learns again", "camera", k.config.Name, "err", err)
		}
	}
	k.agent.log.Info("good parts learned", "camera", k.config.Name, "references", bank.References())
	k.publishState(ctx, events.State{Subject: "camera", Name: k.config.Name, State: "learned", Detail: fmt.Sprintf("%d of %d parts are references", bank.References(), k.config.LearnParts)})
	switch {
	case next == nil:
	case k.waitsForChallenge():
		k.challenge(ctx)
	default:
		k.askChallenge()
	}
}

// putLearned puts the learned references into effect, for the set that is live now: it
// may have been swapped meanwhile. It returns the bank in effect, and since when.
func (k *camera) putLearned(ctx context.Context, bank *prompts.Bank, next *learning) (*prompts.Bank, time.Time) {
	k.acts.Lock()
	defer k.acts.Unlock()
	if live := k.live.Bank(); live.Set != bank.Set {
		rebuilt, err := live.WithLearned(bank.Learned())
		if err != nil {
			k.agent.log.Error("the prompt set that arrived during learning cannot use what was learned, the previous one stays in effect", "camera", k.config.Name, "set", live.Set.Name, "err", err)
		} else {
			bank = rebuilt
		}
	}
	k.live.Swap(bank)
	k.agent.audit(history.Change{Who: "camera", Kind: changeReference, Object: k.config.Name, After: fmt.Sprintf("%d references learned", bank.References()), Reason: "learn_parts"})
	now := time.Now()
	k.learnedAt.Store(&now)
	k.learning.Store(next)
	k.shadowFollows(ctx)
	return bank, now
}

// learnedHealth logs the health limits that the camera learned, and saves the
// baseline.
func (k *camera) learnedHealth(b *health.Baseline) {
	signals := []web.Signal{}
	for _, s := range b.Signals() {
		if s.Limit != 0 {
			signals = append(signals, web.Signal{Name: s.Name, Reason: string(s.Reason), Worst: s.Learned, Limit: s.Limit})
			k.agent.log.Debug("health limit learned", "camera", k.config.Name, "signal", s.Name, "worst", s.Learned, "limit", s.Limit, "reason", s.Reason)
		}
	}
	if k.signals.Swap(&signals) == nil {
		k.agent.log.Info("health limits learned", "camera", k.config.Name)
	}
	k.keepState(learnedBaseline, b)
}

func (k *camera) keepState(file string, s snapshot) {
	if k.kept == nil {
		return
	}
	if err := k.kept.saveState(file, s, time.Now()); err != nil {
		k.agent.log.Error("saving what was learned failed: the next start learns again", "camera", k.config.Name, "err", err)
	}
}

// relearn makes the camera learn everything again: its good parts, the health of its
// pictures and the empty belt.
func (k *camera) relearn(ctx context.Context) {
	k.agent.audit(history.Change{Who: "request", Kind: changeReference, Object: k.config.Name, After: "to be learned again", Reason: "edge reference learn"})
	k.signals.Store(nil)
	baseline := health.NewBaseline(k.health())
	if k.tracker != nil {
		k.tracker.Relearn()
	}
	if k.learnsParts() {
		k.learn(ctx, baseline)
		return
	}
	k.station.Learn(nil, baseline)
	k.publishState(ctx, events.State{Subject: "camera", Name: k.config.Name, State: "learning", Detail: "the health of its pictures is learned again"})
}
