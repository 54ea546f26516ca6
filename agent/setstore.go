package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"pristine/events"
	"pristine/internal/usage"
	"pristine/prompts"
)

// keptSet is the live set in the form that the store keeps across restarts: the last
// change that took effect, an edit of the file or a push.
type keptSet struct {
	Origin    events.SetOrigin `json:"origin"`
	Set       []byte           `json:"set"`                 // of a push: with the signature that it carries
	Signature []byte           `json:"signature,omitempty"` // of a file, where one is required
	File      string           `json:"file"`                // the configured file at that time
	Edit      string           `json:"file_sha256"`         // its content at that time: another content is a later change
	Wish      uint64           `json:"wish,omitempty"`      // revision of the last request to arm that was executed
	Before    *keptSet         `json:"before,omitempty"`    // of a push: the set that it replaced
}

func keptSetKey(camera string) string { return "set." + camera }

// pushedKey is the key of a pushed set in versions before 0.2.
func pushedKey(camera string) string { return "prompts." + camera }

// readKept returns the set that was live when the agent stopped, or nil on the first
// start.
func (k *camera) readKept(ctx context.Context) (*keptSet, error) {
	data, err := k.agent.store.Kept(ctx, keptSetKey(k.config.Name))
	if err != nil {
		return nil, err
	}
	if data == nil {
		return k.readPushed(ctx)
	}
	kept := new(keptSet)
	if err := json.Unmarshal(data, kept); err != nil {
		return nil, fmt.Errorf("read the live prompt set: %w", err)
	}
	return kept, nil
}

// readPushed reads a pushed set that a version before 0.2 stored.
func (k *camera) readPushed(ctx context.Context) (*keptSet, error) {
	data, err := k.agent.store.Kept(ctx, pushedKey(k.config.Name))
	if err != nil || data == nil {
		return nil, err
	}
	var old struct {
		Revision uint64 `json:"revision"`
		Set      []byte `json:"set"`
	}
	if err := json.Unmarshal(data, &old); err != nil {
		return nil, fmt.Errorf("read the prompt set that was pushed: %w", err)
	}
	text, _ := os.ReadFile(k.config.Prompts)
	return &keptSet{
		Origin: events.SetOrigin{From: fromPush, Revision: old.Revision, SHA256: prompts.Sum(old.Set), Since: time.Now().UTC()},
		Set:    old.Set, File: k.config.Prompts, Edit: prompts.Sum(text),
	}, nil
}

// storeSet stores the live set, before it takes effect.
func (k *camera) storeSet(ctx context.Context, kept *keptSet) error {
	data, err := json.Marshal(kept)
	if err == nil {
		err = k.agent.store.Keep(ctx, keptSetKey(k.config.Name), data)
	}
	if err != nil {
		return fmt.Errorf("keep the prompt set for the next start: %w", err)
	}
	k.keptSet.Store(kept)
	return nil
}

// openSet makes the first bank of the camera. The last change wins: a pushed set stays
// until the file is edited, even if the edit was made while the agent was down. A set
// that cannot be used is refused with an alarm, and the last good set is used instead.
// Only the first start needs a good file. A live set that cannot be read stays in the
// store, for the next start to read.
func (k *camera) openSet(ctx context.Context) error {
	file := k.config.Prompts
	text, fileErr := os.ReadFile(file)
	var failed []error
	kept, err := k.readKept(ctx)
	if err != nil {
		failed = append(failed, err)
	}
	edited := kept == nil || kept.File != file || fileErr == nil && kept.Edit != prompts.Sum(text)
	var candidates []*keptSet
	if fileErr == nil {
		sig := k.agent.setSignature(file)
		candidates = append(candidates, &keptSet{Origin: *fileOrigin(file, text), Set: text, Signature: sig, File: file, Edit: prompts.Sum(text)})
		if !edited && kept.Origin.From == fromFile && kept.Origin.SHA256 == prompts.Sum(text) {
			kept.Signature = sig // the current one: keys may have changed
		}
	}
	if kept != nil && edited {
		candidates = append(candidates, kept, kept.Before)
	} else if kept != nil {
		candidates = append([]*keptSet{kept}, append(candidates, kept.Before)...)
	}
	for _, c := range candidates {
		if c == nil {
			continue
		}
		if ctx.Err() != nil { // says nothing of the set
			return context.Cause(ctx)
		}
		bank, err := k.bankOf(ctx, c)
		if err == nil {
			k.startWith(ctx, bank, c, kept, errors.Join(append(failed, fileError(fileErr, c))...))
			return nil
		}
		failed = append(failed, err)
	}
	if fileErr != nil {
		failed = append(failed, fmt.Errorf("read prompt set: %w", fileErr))
	}
	return usage.Error(failed[0])
}

// fileError returns the error of a missing file while another set is used instead.
func fileError(err error, c *keptSet) error {
	if err == nil || c.Origin.From == fromPush {
		return nil
	}
	return fmt.Errorf("read prompt set: %w", err)
}

// startWith puts the first set into effect. refused is why others are not.
func (k *camera) startWith(ctx context.Context, bank *prompts.Bank, c, kept *keptSet, refused error) {
	if kept != nil && c != kept {
		c.Wish = kept.Wish
	}
	k.live.Put(bank, &c.Origin)
	k.warnMillimetres(bank)
	k.keptSet.Store(c)
	if kept == nil || kept.Origin.SHA256 != c.Origin.SHA256 {
		k.auditSet(nil, k.live.current.Load())
	}
	if refused == nil {
		if err := k.storeSet(ctx, c); err != nil {
			k.agent.log.Error("saving the prompt set failed", "camera", k.config.Name, "err", err)
		}
		if c.Origin.From == fromPush {
			k.agent.log.Info("restored pushed prompt set", "camera", k.config.Name, "set", bank.Set.Name, "revision", c.Origin.Revision)
		}
		return
	}
	k.refuse(ctx, refused)
}

// refuse reports why a set is not in effect, and that the previous one stays.
func (k *camera) refuse(ctx context.Context, err error) {
	text := err.Error()
	k.refused.Store(&text)
	k.agent.log.Error("prompt set refused, the last good one stays in effect", "camera", k.config.Name, "file", k.config.Prompts, "err", err)
	k.publishState(ctx, events.State{Subject: "prompts", Name: k.config.Prompts, State: "refused", Detail: text})
	k.alarm(ctx, events.Alarm{Name: alarmSetRefused, Detail: fmt.Sprintf("camera %s: a prompt set is not in effect, %s stays: %s", k.config.Name, k.live.Bank().Set.Name, text)})
}

// alarmSetRefused is the alarm for a set that cannot take effect.
const alarmSetRefused = "prompt_set_refused"

// bankOf makes the bank of a set's text, with the camera's references.
func (k *camera) bankOf(ctx context.Context, c *keptSet) (*prompts.Bank, error) {
	set, err := k.agent.parseKept(c)
	if err != nil {
		return nil, err
	}
	return k.agent.model.BankOf(ctx, set, k.config.Prompts, k.view(), k.config.References)
}

// applyFile puts an edit of the set's file into effect.
func (k *camera) applyFile(ctx context.Context, text []byte) error {
	k.acts.Lock()
	defer k.acts.Unlock()
	file := k.config.Prompts
	edit := &keptSet{Origin: *fileOrigin(file, text), Set: text, Signature: k.agent.setSignature(file), File: file, Edit: prompts.Sum(text)}
	set, err := k.agent.parseKept(edit)
	if err != nil {
		return err
	}
	bank, err := k.rebuild(ctx, set)
	if err != nil {
		return err
	}
	edit.Wish = k.keptSet.Load().Wish
	return k.apply(ctx, bank, edit)
}

// applyPush puts a pushed set into effect. It makes the bank when no other change is in
// progress, so that it has the latest references.
func (k *camera) applyPush(ctx context.Context, set *prompts.Set, o events.SetOrigin, text []byte, wish uint64) error {
	k.acts.Lock()
	defer k.acts.Unlock()
	bank, err := k.rebuildPushed(ctx, set)
	if err != nil {
		return err
	}
	edit, _ := os.ReadFile(k.config.Prompts)
	before := *k.keptSet.Load()
	before.Before = nil
	return k.apply(ctx, bank, &keptSet{Origin: o, Set: text, File: k.config.Prompts, Edit: prompts.Sum(edit), Wish: wish, Before: &before})
}

func (k *camera) apply(ctx context.Context, bank *prompts.Bank, c *keptSet) error {
	if err := k.storeSet(ctx, c); err != nil {
		return err
	}
	before := k.live.current.Load()
	k.live.Put(bank, &c.Origin)
	k.warnMillimetres(bank)
	if k.challenges() {
		k.askChallenge()
	}
	k.refused.Store(nil)
	k.auditSet(before, k.live.current.Load())
	return nil
}

// warnMillimetres logs that limits in millimetres accept nothing at a camera whose scale
// is unknown.
func (k *camera) warnMillimetres(bank *prompts.Bank) {
	if bank.Set.Millimetres() && k.config.MMPerPixel == 0 {
		k.agent.log.Warn("the set accepts defects by size in millimetres, but the scale of this camera is unknown: none is accepted; set mm_per_pixel", "camera", k.config.Name, "set", bank.Set.Name)
	}
}

// followSet puts edits of the set's file into effect.
func (k *camera) followSet(ctx context.Context) {
	prompts.FollowFile(ctx, k.config.Prompts, k.keptSet.Load().Edit, followEvery, func(text []byte) {
		k.edited(ctx, text)
	})
}

// followEvery is how often the files of prompt sets are polled.
const followEvery = 500 * time.Millisecond
