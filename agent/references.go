package agent

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pristine/history"
	"pristine/observe"
	"pristine/page"
	"pristine/prompts"
	"pristine/search"
)

// mostReferences is the largest number of references of a camera that the page allows.
// Each one takes time at every frame.
const mostReferences = 64

// references implements page.References.
type references struct{ *Agent }

func (a references) camera(name string) (*camera, error) {
	if a.board.isOpen() {
		for _, k := range a.cameras {
			if k.config.Name == name {
				return k, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: there is no camera %q now", page.ErrUse, name)
}

// Near implements page.References.
func (a references) Near(ctx context.Context, part *history.Result) ([]page.Reference, error) {
	k, err := a.camera(part.Camera)
	h := a.history.Load()
	if err != nil || h == nil {
		return nil, err
	}
	bundle, scale, bytes, err := h.EmbeddingOf(ctx, part.ID)
	if err != nil && !errors.Is(err, history.ErrNoResult) {
		return nil, err
	}
	var vector []float32
	if bundle == a.model.Bundle.Hash {
		vector = search.Code{Scale: scale, Bytes: bytes}.Decode()
	}
	var all []page.Reference
	for _, p := range k.live.Bank().ReferencePictures() {
		r := page.Reference{ID: referenceID(&p), Camera: k.config.Name, Name: filepath.Base(p.Name), Bad: p.Bad}
		if p.Name == "" {
			r.Name = ""
		}
		if len(vector) == len(p.Seen.Embedding) {
			for i, v := range vector {
				r.Cosine += float64(v) * float64(p.Seen.Embedding[i])
			}
		}
		r.Event, _, _ = strings.Cut(strings.TrimSuffix(r.Name, usedEnding), " ")
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(a, b page.Reference) int { return cmp.Compare(b.Cosine, a.Cosine) })
	return all, nil
}

// referenceID returns the id of a reference, a hash of its embedding: a reference that
// was learned from a frame has neither a file nor a hash.
func referenceID(p *prompts.Reference) string {
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, p.Seen.Embedding) // writing to a hash never fails
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// addReference adds a picture file to the stored references of a camera, and uses it
// from the next frame on.
func (k *camera) addReference(ctx context.Context, picture observe.Labelled) error {
	return k.changeReferences(ctx, func(r *prompts.References, set *prompts.Set) error {
		switch {
		case r.Len() == 0:
			return fmt.Errorf("%w: the camera has no references yet, and a single one would change every verdict: start with four to sixteen good pictures: edge reference add", page.ErrUse)
		case len(r.Pictures()) >= mostReferences:
			return fmt.Errorf("%w: the camera already has %d references: remove a redundant one", page.ErrUse, mostReferences)
		}
		encoder := k.agent.model.NewEncoder(k.view())
		added, _, err := encoder.AddReferences(ctx, r, []observe.Labelled{picture}, set.Tiles, func() {})
		if err != nil {
			return err
		}
		if added == 0 {
			return fmt.Errorf("%w: this picture is already a reference", page.ErrUse)
		}
		by, err := observe.FilesByHash([]string{picture.File})
		if err != nil {
			return err
		}
		return encoder.Complete(ctx, r, set, by, func() {})
	})
}

// dropReference removes the reference with an id.
func (k *camera) dropReference(ctx context.Context, id string) (name string, err error) {
	return name, k.changeReferences(ctx, func(r *prompts.References, _ *prompts.Set) error {
		n := r.Remove(func(p prompts.Reference) bool {
			if referenceID(&p) != id {
				return false
			}
			name = cmp.Or(p.Name, "a learned part")
			return true
		})
		switch {
		case n == 0:
			return fmt.Errorf("%w: this picture is no longer a reference", page.ErrUse)
		case r.Len() == 0:
			return fmt.Errorf("%w: it is the last good one: a camera without references scores by the texts alone: edge reference remove --all", page.ErrUse)
		}
		return nil
	})
}

// changeReferences changes a copy of the references, stores it for the next start, and
// puts it into effect.
func (k *camera) changeReferences(ctx context.Context, change func(*prompts.References, *prompts.Set) error) error {
	k.agent.referring.Lock()
	defer k.agent.referring.Unlock()
	set := k.live.Bank().Set
	switch {
	case k.config.References != "":
		return fmt.Errorf("%w: the camera uses the pictures in the folder %s: add or remove files there, and restart the agent", page.ErrUse, k.config.References)
	case k.learnsParts():
		return k.changeLearned(ctx, set, change)
	}
	file := set.ReferencesFile(k.config.Prompts)
	m := k.agent.model
	r, err := prompts.LoadReferences(file, m.Bundle.Hash, m.Matcher)
	if errors.Is(err, os.ErrNotExist) {
		r, err = prompts.NewReferences(m.Bundle.Hash, m.Matcher), nil
	}
	if err == nil {
		err = change(r, set)
	}
	if err != nil {
		return err
	}
	err = k.scoreBy(ctx, func(live *prompts.Bank) (*prompts.Bank, error) {
		if live.Set != set {
			return nil, fmt.Errorf("%w: the set was edited meanwhile: try again", page.ErrUse)
		}
		bank, err := live.WithReferences(r)
		if err == nil {
			err = r.Save(file)
		}
		return bank, err
	})
	if err != nil {
		return err
	}
	for _, other := range k.agent.cameras { // several may share one file
		if other == k || other.config.References != "" || other.learnsParts() || other.live.Bank().Set.ReferencesFile(other.config.Prompts) != file {
			continue
		}
		if err := other.scoreBy(ctx, func(live *prompts.Bank) (*prompts.Bank, error) { return live.WithReferences(r) }); err != nil {
			k.agent.log.Error("the camera will not use the changed references that it shares until the next start", "camera", other.config.Name, "file", file, "err", err)
		}
	}
	return nil
}

func (k *camera) changeLearned(ctx context.Context, set *prompts.Set, change func(*prompts.References, *prompts.Set) error) error {
	old := k.live.Bank().Learned()
	at := k.learnedAt.Load()
	if old == nil || at == nil {
		return fmt.Errorf("%w: the camera has not learned its good parts yet", page.ErrUse)
	}
	r := prompts.NewReferences(k.agent.model.Bundle.Hash, k.agent.model.Matcher)
	for _, p := range old.References.Pictures() {
		if err := r.AddPicture(p); err != nil {
			return err
		}
	}
	if err := change(r, set); err != nil {
		return err
	}
	learned := &prompts.Learned{References: r, Good: old.Good}
	return k.scoreBy(ctx, func(live *prompts.Bank) (*prompts.Bank, error) {
		if live.Learned() != old {
			return nil, fmt.Errorf("%w: the camera has learned again meanwhile", page.ErrUse)
		}
		bank, err := live.WithLearned(learned)
		if err == nil && k.kept != nil {
			err = k.kept.saveParts(learned, *at)
		}
		return bank, err
	})
}

// scoreBy swaps the live bank for one of the same set with other references. The shadow
// set follows.
func (k *camera) scoreBy(ctx context.Context, with func(live *prompts.Bank) (*prompts.Bank, error)) error {
	k.acts.Lock()
	defer k.acts.Unlock()
	before := k.live.Bank()
	bank, err := with(before)
	if err != nil {
		return err
	}
	k.live.Swap(bank)
	if b, n := armWords(before), armWords(bank); b != n {
		k.agent.audit(history.Change{Who: "references", Kind: changeArm, Object: k.config.Name, Before: b, After: n, Reason: "other references than those it was calibrated with"})
	}
	if k.challenges() {
		k.askChallenge()
	}
	k.shadowFollows(ctx)
	return nil
}
