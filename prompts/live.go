package prompts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"reflect"
	"sync/atomic"
	"time"
)

// Live holds the bank in use. It is swapped as a whole between two frames, so that no
// frame is scored by a mixture.
type Live struct{ bank atomic.Pointer[Bank] }

// NewLive returns a Live with an initial bank.
func NewLive(b *Bank) *Live {
	l := &Live{}
	l.bank.Store(b)
	return l
}

// Bank returns the bank to score the next frame with.
func (l *Live) Bank() *Bank { return l.bank.Load() }

// Swap replaces the bank.
func (l *Live) Swap(b *Bank) { l.bank.Store(b) }

// Follow reads the file again whenever its content changes, or if it differs from the
// bank's set at the start. It has build make a bank of it and swaps that in. After an
// error it keeps the last good bank. It calls report after each attempt, and returns
// when ctx ends.
func (l *Live) Follow(ctx context.Context, file string, interval time.Duration, build func(context.Context, *Set) (*Bank, error), report func(*Bank, error)) {
	known, _ := os.ReadFile(file)
	if set, err := Parse(file, known); err != nil || !reflect.DeepEqual(set, l.Bank().Set) {
		known = nil // it was edited after the bank was made
	}
	FollowFile(ctx, file, Sum(known), interval, func(data []byte) {
		set, err := Parse(file, data)
		var bank *Bank
		if err == nil {
			bank, err = build(ctx, set)
		}
		if err == nil {
			l.Swap(bank)
		}
		report(bank, err)
	})
}

// Sum returns the SHA-256, in hex, of a set's text.
func Sum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// FollowFile passes a file's content to apply whenever it changes, and at the start if
// its Sum is not the known one. It polls, since notifications are lost on network file
// systems and when editors replace files. It applies content only after reading it twice
// in a row, since a file may be incomplete while it is written. It returns when ctx
// ends.
func FollowFile(ctx context.Context, file, known string, interval time.Duration, apply func(data []byte)) {
	before, _ := os.ReadFile(file)
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		data, err := os.ReadFile(file)
		settled := bytes.Equal(data, before)
		before = data
		if err != nil || !settled {
			continue
		}
		if sum := Sum(data); sum != known {
			known = sum
			apply(data)
		}
	}
}

// Rebuild returns a bank of another set with the references of this one, or with what
// its camera learned. It fits the scale of P(defect) again, which depends on the set's
// sentences.
func (b *Bank) Rebuild(ctx context.Context, set *Set, encoder TextEncoder) (*Bank, error) {
	bank, err := NewBank(ctx, set, encoder, b.bundle)
	if err != nil || b.references == nil {
		return bank, err
	}
	bank.sensitivity = b.sensitivity // until the new bank is challenged
	if b.learned != nil {
		return bank.WithLearned(b.learned)
	}
	return bank.WithReferences(b.references)
}

// References returns the number of good pictures that the bank scores by.
func (b *Bank) References() int {
	if b.references == nil {
		return 0
	}
	return b.references.good
}

// ReferencePictures returns all pictures that the bank scores by, good and bad. The
// caller must not change them.
func (b *Bank) ReferencePictures() []Reference {
	if b.references == nil {
		return nil
	}
	return b.references.pictures
}

// Turned reports whether the bank also matches its references rotated.
func (b *Bank) Turned() bool { return b.references != nil && b.references.turned }

// Angles returns the number of orientations in which the bank matches its references: 1
// is upright only, 4 includes quarter turns.
func (b *Bank) Angles() int {
	switch {
	case b.references != nil && b.references.angled:
		return 1 + len(Angles())
	case b.Turned():
		return 1 + Turns
	}
	return 1
}

// ReferencesHash returns the hash of the references, including their rotations and
// detail if the bank uses them. It is "" without references.
func (b *Bank) ReferencesHash() string {
	if b.references == nil {
		return ""
	}
	return b.references.hash
}

// Thresholds returns the thresholds of the bank's scores.
func (b *Bank) Thresholds() Thresholds { return b.Set.Thresholds }

// Detail returns the detail at which the bank compares pictures with its references; 1
// is the whole picture only.
func (b *Bank) Detail() int {
	if b.references == nil {
		return 1
	}
	return b.references.detail
}

// Needs returns what has to be encoded so that the bank can score an observation.
func (b *Bank) Needs() Needs { return Needs{Tiles: b.Set.Tiles, Detail: b.Detail()} }
