package agent

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"pristine/history"
	"pristine/internal/config"
	"pristine/prompts"
)

// auditLimit is the longest wait of a change for the disk.
const auditLimit = 5 * time.Second

// Kinds of changes.
const (
	changeSet           = "set"
	changeThreshold     = "threshold"
	changeArm           = "arm"
	changeReference     = "reference"
	changeConfiguration = "configuration"
	changeEvaluation    = "evaluation" // pictures to evaluate with
)

// auditSet records what a new live set changes.
func (k *camera) auditSet(before, now *liveBank) {
	by, reason := now.origin.By, ""
	if now.origin.From == fromPush {
		reason = fmt.Sprintf("pushed as revision %d", now.origin.Revision)
	} else {
		by, reason = "file", "edit of "+now.origin.File
	}
	if by == "" {
		by = "unknown"
	}
	record := func(kind, before, after string) {
		k.agent.audit(history.Change{Who: by, Kind: kind, Object: k.config.Name, Before: before, After: after, Reason: reason})
	}
	if before == nil {
		record(changeSet, "", setWords(now))
		record(changeArm, "", armWords(now.Bank))
		return
	}
	if before.origin.SHA256 != now.origin.SHA256 || before.origin.From != now.origin.From {
		record(changeSet, setWords(before), setWords(now))
	}
	if b, n := before.Set.Thresholds, now.Set.Thresholds; b != n {
		record(changeThreshold, fmt.Sprintf("review %g, fail %g", b.Review, b.Fail), fmt.Sprintf("review %g, fail %g", n.Review, n.Fail))
	}
	if b, n := armWords(before.Bank), armWords(now.Bank); b != n {
		record(changeArm, b, n)
	}
}

func setWords(b *liveBank) string { return b.Set.Name + ", SHA-256 " + b.origin.SHA256 }

func armWords(b *prompts.Bank) string {
	armed, why := b.Armed()
	if armed {
		return "armed: " + why
	}
	return "shadow: " + why
}

// configurationHash returns the SHA-256 of the whole configuration, including passwords
// in addresses, which JSON hides.
func configurationHash(c *config.Config) []byte {
	sum := sha256.New()
	_ = json.NewEncoder(sum).Encode(c) // a configuration can always be encoded as JSON
	for i := range c.Cameras {
		_, _ = io.WriteString(sum, c.Cameras[i].Source.Text()+"\n") // writing to a hash never fails
	}
	return sum.Sum(nil)
}

// auditConfiguration records that the configuration differs from that of the previous
// run.
func (a *Agent) auditConfiguration(ctx context.Context, h *history.History) {
	now := fmt.Sprintf("SHA-256 %x, version %s", configurationHash(a.config), a.version)
	last, err := h.LastChange(ctx, changeConfiguration, a.config.Station.Name)
	if err != nil {
		a.log.Error("the audit trail cannot be read", "err", err)
		return
	}
	before := ""
	if last != nil {
		before = last.After
	}
	if before != now {
		a.audit(history.Change{Who: "start", Kind: changeConfiguration, Object: a.config.Station.Name, Before: before, After: now})
	}
}
