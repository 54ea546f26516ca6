package agent

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strings"

	"pristine/events"
	"pristine/inspect"
	"pristine/internal/usage"
	"pristine/prompts"
)

// openShadow loads the shadow set, with the same references as the live set.
func (k *camera) openShadow(ctx context.Context) error {
	if k.config.Shadow == "" {
		return nil
	}
	text, err := os.ReadFile(k.config.Shadow)
	if err != nil {
		return usage.Error(fmt.Errorf("read prompt set: %w", err))
	}
	set, err := k.parseShadow(text)
	if err != nil {
		return usage.Error(err)
	}
	bank, err := k.rebuildShadow(ctx, set)
	if err != nil {
		return usage.Error(fmt.Errorf("shadow_prompts: %w", err))
	}
	k.shadow, k.shadowEdit = prompts.NewLive(bank), prompts.Sum(text)
	return nil
}

// parseShadow reads the text of the shadow set's file, and checks its signature if sets
// must be signed.
func (k *camera) parseShadow(text []byte) (*prompts.Set, error) {
	file := k.config.Shadow
	if err := k.agent.checkSet(file, text, k.agent.setSignature(file)); err != nil {
		return nil, err
	}
	return prompts.Parse(file, text)
}

// followShadow puts edits of the shadow set's file into effect.
func (k *camera) followShadow(ctx context.Context) {
	prompts.FollowFile(ctx, k.config.Shadow, k.shadowEdit, followEvery, func(text []byte) { k.editedShadow(ctx, text) })
}

// signedShadow retries an edit of the shadow set that was refused for lack of a
// signature.
func (k *camera) signedShadow(ctx context.Context, text []byte) {
	if k.shadowRefused.Load() != nil {
		k.editedShadow(ctx, text)
	}
}

// editedShadow puts an edit of the shadow set's file into effect, or reports why it
// cannot.
func (k *camera) editedShadow(ctx context.Context, text []byte) {
	file, state, detail := k.config.Shadow, "reloaded", ""
	if err := k.applyShadow(ctx, text); err != nil {
		state, detail = "refused", err.Error()
		k.shadowRefused.Store(&detail)
		k.agent.log.Error("shadow set refused, the last good one stays in effect", "camera", k.config.Name, "file", file, "err", err)
	} else {
		k.shadowRefused.Store(nil)
		k.agent.log.Info("shadow set reloaded", "camera", k.config.Name, "file", file)
	}
	k.publishState(ctx, events.State{Subject: "prompts", Name: file, State: state, Detail: detail})
}

func (k *camera) applyShadow(ctx context.Context, text []byte) error {
	k.acts.Lock()
	defer k.acts.Unlock()
	set, err := k.parseShadow(text)
	if err != nil {
		return err
	}
	bank, err := k.rebuildShadow(ctx, set)
	if err != nil {
		return err
	}
	k.shadow.Swap(bank)
	return nil
}

// rebuildShadow makes the bank of a shadow set. It scores the live set's observations,
// so both must have the same tiles and detail.
func (k *camera) rebuildShadow(ctx context.Context, set *prompts.Set) (*prompts.Bank, error) {
	if live := k.live.Bank(); set.Tiles != live.Needs().Tiles {
		return nil, fmt.Errorf("%s has tiles: %d, the live set tiles: %d: a shadow set is scored on the live set's observations: give both the same tiles", set.Name, set.Tiles, live.Needs().Tiles)
	}
	live := k.live.Bank()
	bank, err := live.Rebuild(ctx, set, k.agent.model.Texts)
	if err == nil && bank.Detail() > 1 && bank.Detail() != live.Detail() {
		return nil, fmt.Errorf("%s compares at detail %d, the live set at %d: a shadow set is scored on the live set's observations: give both the same detail", set.Name, bank.Detail(), live.Detail())
	}
	return bank, err
}

// shadowFollows makes the shadow set score by the references of the live set.
func (k *camera) shadowFollows(ctx context.Context) {
	if k.shadow == nil {
		return
	}
	bank, err := k.rebuildShadow(ctx, k.shadow.Bank().Set)
	if err != nil {
		k.agent.log.Error("the shadow set cannot use the references of the live set, it keeps the last ones", "camera", k.config.Name, "err", err)
		return
	}
	k.shadow.Swap(bank)
}

// shadowScorer is the set that the station compares with; nil without one.
func (k *camera) shadowScorer() func() inspect.Scorer {
	if k.shadow == nil {
		return nil
	}
	return func() inspect.Scorer { return k.shadow.Bank() }
}

// compared publishes how often the two sets disagreed.
func (k *camera) compared(ctx context.Context) {
	if k.shadow == nil {
		return
	}
	counts := k.station.Counts()
	report := events.State{Subject: "prompts", Name: k.config.Shadow, State: "compared", Counts: map[string]uint64{}}
	var total, agreed uint64
	var rows []string
	for c, n := range counts.Shadow {
		total += n
		if c.Live == c.Shadow {
			agreed += n
		} else {
			rows = append(rows, fmt.Sprintf("%s by the live set, %s by the shadow set: %d", c.Live, c.Shadow, n))
		}
		report.Counts[fmt.Sprintf("%s/%s", c.Live, c.Shadow)] = n
	}
	sort.Strings(rows)
	report.Detail = fmt.Sprintf("live/shadow: agreed on %d of %d results", agreed, total)
	if counts.Unshadowed > 0 {
		report.Counts["unscored_frames"] = counts.Unshadowed
	}
	k.agent.terminal.Say("%s: the sets %s and %s agreed on %d of %d results", k.config.Name, k.live.Bank().Set.Name, k.shadow.Bank().Set.Name, agreed, total)
	if len(rows) > 0 {
		k.agent.terminal.Say("  %s", strings.Join(rows, "\n  "))
	}
	k.publishState(ctx, report)
}
