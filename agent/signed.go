package agent

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"pristine/events"
	"pristine/internal/config"
	"pristine/internal/signature"
	"pristine/internal/usage"
	"pristine/prompts"
)

// trustKeys reads the keys whose signatures count, and checks those of the bundles,
// whose manifests have the hashes of their files.
func (a *Agent) trustKeys() (err error) {
	s := a.config.Security
	if a.keys, err = signature.Trust(s.TrustedKeys); err != nil {
		return usage.Error(err)
	}
	if !s.Requires(config.Bundles) {
		return nil
	}
	for _, dir := range a.config.Model.Bundles() {
		manifest := filepath.Join(dir, "bundle.yaml")
		data, err := os.ReadFile(manifest)
		if err == nil {
			err = a.keys.CheckFile(manifest, data)
		}
		if err != nil {
			return usage.Error(fmt.Errorf("open bundle: %w", err))
		}
	}
	return nil
}

// checkSet checks the signature of a set where one is required.
func (a *Agent) checkSet(name string, set, sig []byte) error {
	if !a.config.Security.Requires(config.Sets) {
		return nil
	}
	return a.keys.Check(name, set, sig)
}

// setSignature returns the signature beside a set's file; nil where none is required, or
// where there is none, which checkSet refuses.
func (a *Agent) setSignature(file string) []byte {
	if !a.config.Security.Requires(config.Sets) {
		return nil
	}
	sig, _ := signature.ReadFile(file)
	return sig
}

// parsePushed reads a pushed set, which carries its signature.
func (a *Agent) parsePushed(text []byte) (*prompts.Set, error) {
	set, sig := signature.Detach(text)
	if err := a.checkSet("the pushed set", set, sig); err != nil {
		return nil, err
	}
	return prompts.Parse("pushed", set)
}

// parseKept reads a set that is kept, or that is to be.
func (a *Agent) parseKept(c *keptSet) (*prompts.Set, error) {
	if c.Origin.From == fromPush {
		return a.parsePushed(c.Set)
	}
	if err := a.checkSet(c.Origin.File, c.Set, c.Signature); err != nil {
		return nil, err
	}
	return prompts.Parse(c.Origin.File, c.Set)
}

// followSignature passes the content of a set's file to signed whenever its signature
// changes: an edit may come before its signature.
func (k *camera) followSignature(ctx context.Context, file string, signed func(ctx context.Context, text []byte)) {
	if !k.agent.config.Security.Requires(config.Sets) {
		return
	}
	prompts.FollowFile(ctx, file+signature.Suffix, prompts.Sum(k.agent.setSignature(file)), followEvery, func([]byte) {
		if text, err := os.ReadFile(file); err == nil {
			signed(ctx, text)
		}
	})
}

// signedSet puts an edit of the set into effect that has not taken effect yet.
func (k *camera) signedSet(ctx context.Context, text []byte) {
	if k.keptSet.Load().Edit != prompts.Sum(text) || k.refused.Load() != nil {
		k.edited(ctx, text)
	}
}

// edited puts an edit of the set's file into effect, or reports why not.
func (k *camera) edited(ctx context.Context, text []byte) {
	if err := k.applyFile(ctx, text); err != nil {
		if ctx.Err() == nil {
			k.refuse(ctx, err)
		}
		return
	}
	o := k.live.Origin()
	k.agent.log.Info("prompt set reloaded", "camera", k.config.Name, "file", o.File, "sha256", o.SHA256)
	k.publishState(ctx, events.State{Subject: "prompts", Name: k.config.Prompts, State: "reloaded", Set: o})
}
