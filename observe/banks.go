package observe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/infer"
	"pristine/internal/pictures"
	"pristine/internal/usage"
	"pristine/prompts"
)

// Bank loads and encodes a prompt set, without references.
func (m *Model) Bank(ctx context.Context, file string) (*prompts.Bank, error) {
	set, err := prompts.Load(file)
	if err != nil {
		return nil, usage.Error(err)
	}
	return prompts.NewBank(ctx, set, m.Texts, m.Info())
}

// BankWith is Bank with references: those in a folder of pictures or, without a folder,
// those stored beside the set, if any. View is that of the camera that the pictures
// stand for.
func (m *Model) BankWith(ctx context.Context, set string, view View, references string) (*prompts.Bank, error) {
	loaded, err := prompts.Load(set)
	if err != nil {
		return nil, usage.Error(err)
	}
	return m.BankOf(ctx, loaded, set, view, references)
}

// BankOf is BankWith for a set that is already loaded. Its references are stored beside
// setFile.
func (m *Model) BankOf(ctx context.Context, set *prompts.Set, setFile string, view View, references string) (*prompts.Bank, error) {
	bank, err := prompts.NewBank(ctx, set, m.Texts, m.Info())
	if err != nil {
		return nil, err
	}
	if references == "" {
		return m.WithStoredReferences(bank, setFile)
	}
	list, err := pictures.List(references)
	if err != nil {
		return nil, usage.Error(err)
	}
	r, err := m.LearnReferences(ctx, view, list.Files, set.LearnNeeds(len(list.Files)))
	if err != nil {
		return nil, err
	}
	return bank.WithReferences(r)
}

// WithStoredReferences returns the bank with the references stored beside its set, or
// the bank unchanged if there are none.
func (m *Model) WithStoredReferences(bank *prompts.Bank, set string) (*prompts.Bank, error) {
	r, err := m.storedReferences(bank.Set, set)
	if err != nil || r == nil {
		return bank, err
	}
	return bank.WithReferences(r)
}

// storedReferences returns the references stored beside a set, or nil if there are none.
func (m *Model) storedReferences(set *prompts.Set, setFile string) (*prompts.References, error) {
	file := set.ReferencesFile(setFile)
	r, err := prompts.LoadReferences(file, m.Bundle.Hash, m.Matcher)
	switch {
	case errors.Is(err, os.ErrNotExist) && set.References == "":
		return nil, nil
	case errors.Is(err, os.ErrNotExist):
		return nil, usage.Error(fmt.Errorf("%s: references: %s is not there: make it with edge reference add %s DIR", setFile, file, setFile))
	case err != nil:
		return nil, usage.Error(err)
	}
	return r, nil
}

// Banks returns a bank for each set, for comparison on the same pictures. Each has the
// references stored beside its set, unless the caller provides others.
func (m *Model) Banks(ctx context.Context, sets []string, references string) ([]*prompts.Bank, error) {
	banks := make([]*prompts.Bank, 0, len(sets))
	for _, set := range sets {
		bank, err := m.Bank(ctx, set)
		if err == nil && references == "" {
			bank, err = m.WithStoredReferences(bank, set)
		}
		if err != nil {
			return nil, err
		}
		banks = append(banks, bank)
		if err := comparable(sets[0], set, banks[0], bank); err != nil {
			return nil, usage.Error(err)
		}
	}
	return banks, nil
}

// comparable returns an error if two banks cannot score the same observations: each
// picture is encoded once for both.
func comparable(a, b string, first, second *prompts.Bank) error {
	x, y := first.Needs(), second.Needs()
	switch {
	case x.Tiles != y.Tiles:
		return fmt.Errorf("compare %s with %s: they have %d and %d tiles: a picture is encoded once for both, so give them the same", a, b, x.Tiles, y.Tiles)
	case x.Detail > 1 && y.Detail > 1 && x.Detail != y.Detail:
		return fmt.Errorf("compare %s with %s: their references have detail %d and %d: a picture is encoded once for both, so give them the same", a, b, x.Detail, y.Detail)
	}
	return nil
}

// LearnReferences encodes picture files as references, as the view's camera would see
// them, with the given needs.
func (m *Model) LearnReferences(ctx context.Context, view View, files []string, needs prompts.Needs) (*prompts.References, error) {
	references := prompts.NewReferences(m.Bundle.Hash, m.Matcher)
	encoder := m.NewEncoder(view)
	var err error
	if needs.Detail, err = encoder.detailOf(needs, files); err != nil {
		return nil, err
	}
	for _, file := range files {
		o, err := encoder.learn(ctx, file, needs)
		if err != nil {
			return nil, err
		}
		if err := references.AddPicture(prompts.Reference{Name: file, Seen: o}); err != nil {
			return nil, fmt.Errorf("learn %s: %w", file, err)
		}
	}
	given := func(i int) (string, bool) { return files[i], true }
	if err := encoder.addAngles(ctx, references, needs.Angles, given); err != nil {
		return nil, err
	}
	options := []prompts.Turned{needs.Angles, prompts.TurnedAuto} // of all sets that use the references
	if needs.Angles != prompts.TurnedAuto && needs.Angles != prompts.TurnedAlways {
		options[0] = prompts.TurnedAlways // the only option that rotates so few
	}
	if needs.Turned && m.detail(needs.Detail) > 1 {
		err = encoder.addDetailTurned(ctx, references, options, given)
	}
	return references, err
}

// learn encodes a picture file as a reference that is encoded again at each start.
func (e *Encoder) learn(ctx context.Context, file string, needs prompts.Needs) (o prompts.Observation, err error) {
	pix, width, height, err := opencv.DecodeFile(file)
	if err != nil {
		return o, err
	}
	frame := &capture.Frame{Pix: pix, Width: width, Height: height}
	o.Ask(needs)
	if err := e.encode(ctx, e.model.ofFiles(), frame, &o); err != nil {
		return o, fmt.Errorf("learn %s: %w", file, err)
	}
	if needs.Turned {
		turned := prompts.Observation{Detail: 1} // which decides whether the detail is turned, too
		if err := e.observeTurned(ctx, e.model.ofFiles(), frame, &turned); err != nil {
			return o, fmt.Errorf("learn %s turned: %w", file, err)
		}
		o.Turned = turned.Turned
	}
	picture, _ := e.visible(frame)
	o.Pixels = sumOf(&picture)
	return o, nil
}

// sumOf returns the SHA-256, in hex, of the pixels that the model gets.
func sumOf(p *infer.Picture) string {
	h := sha256.New()
	fmt.Fprintln(h, p.Region.Size())
	_ = p.WritePixels(h) // a hash never fails
	return hex.EncodeToString(h.Sum(nil))
}
