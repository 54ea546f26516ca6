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

// openShadow loads the set that is scored beside the live one, with the same
// references.
func (k *camera) openShadow(ctx context.Context) error {
	if k.config.Shadow == "" {
		return nil
	}
	text, err := os.ReadFile(k.config.Shadow)
	if err == nil {
		err = k.agent.checkSet(k.config.Shadow, text, k.agent.setSignature(k.config.Shadow))
	}
	if err != nil {
		return usage.Error(fmt.Errorf("read prompt set: %w", err))
	}
	set, err := prompts.Parse(k.config.Shadow, text)
	if err != nil {
		return usage.Error(err)
	}
	bank, err := k.rebuildShadow(ctx, set)
	if err != nil {
		return usage.Error(fmt.Errorf("shadow_prompts: %w", err))
	}
	k.shadow = prompts.NewLive(bank)
	return nil
}

// rebuildShadow makes the bank of a shadow set. It sees what is encoded for the
// live set, so both must ask for the same tiles, and it for no other detail.
func (k *camera) rebuildShadow(ctx context.Context, set *prompts.Set) (*prompts.Bank, error) {
	if live := k.live.Bank(); set.Tiles != live.Needs().Tiles {
		return nil, fmt.Errorf("%s has tiles: %d, the live set tiles: %d: a shadow set is scored on what is encoded for the live set: give both the same tiles", set.Name, set.Tiles, live.Needs().Tiles)
	}
	live := k.live.Bank()
	bank, err := live.Rebuild(ctx, set, k.agent.model.Texts)
	if err == nil && bank.Detail() > 1 && bank.Detail() != live.Detail() {
		return nil, fmt.Errorf("%s compares at detail %d, the live set at %d: a shadow set is scored on what is encoded for the live set: give both the same detail", set.Name, bank.Detail(), live.Detail())
	}
	return bank, err
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
