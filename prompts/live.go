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

// Live is the bank that scores now. It is swapped as a whole, between two
// frames: no frame is scored by a mixture.
type Live struct{ bank atomic.Pointer[Bank] }

// NewLive begins with a bank.
func NewLive(b *Bank) *Live {
	l := &Live{}
	l.bank.Store(b)
	return l
}

// Bank returns the bank to score the next frame with.
func (l *Live) Bank() *Bank { return l.bank.Load() }

// Swap replaces the bank.
func (l *Live) Swap(b *Bank) { l.bank.Store(b) }

// Follow reads the file again whenever its content changes, or differs at the
// start from what the bank was made of, has build make a bank of it, and swaps
// that in; an error keeps the last good one. It reports each outcome. It returns
// when ctx ends.
func (l *Live) Follow(ctx context.Context, file string, interval time.Duration, build func(context.Context, *Set) (*Bank, error), report func(*Bank, error)) {
	known, _ := os.ReadFile(file)
	if set, err := Parse(file, known); err != nil || !reflect.DeepEqual(set, l.Bank().Set) {
		known = nil // it was edited between the bank's making and now
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

// Sum is the SHA-256, in hex, of a set's text.
func Sum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// FollowFile passes a file's content to apply whenever it changes, and at the
// start where its Sum is not the known one. It looks every interval, since
// notifications are lost on network file systems and when editors replace files. It
// passes on content that it finds twice in a row, since a file that is being written
// is incomplete for a moment. It returns when ctx ends.
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

// Rebuild returns a bank of another set with the references of this one, or with
// what its camera learned. The scale of P(defect) is measured on those again:
// that of the old set was in terms of its sentences.
func (b *Bank) Rebuild(ctx context.Context, set *Set, encoder TextEncoder) (*Bank, error) {
	bank, err := NewBank(ctx, set, encoder, b.bundle)
	if err != nil || b.references == nil {
		return bank, err
	}
	bank.sensitivity = b.sensitivity // until it is challenged itself
	if b.learned != nil {
		return bank.WithLearned(b.learned)
	}
	return bank.WithReferences(b.references)
}

// References is the number of good pictures that the bank scores by.
func (b *Bank) References() int {
	if b.references == nil {
		return 0
	}
	return b.references.good
}

// ReferencePictures are the pictures that the bank scores by, bad ones too; they
// may not be changed.
func (b *Bank) ReferencePictures() []Reference {
	if b.references == nil {
		return nil
	}
	return b.references.pictures
}

// Turned reports whether the bank compares with its references turned, too.
func (b *Bank) Turned() bool { return b.references != nil && b.references.turned }

// Angles returns at how many angles the bank compares with its references: 1, 4
// where they count turned by quarters, more where parts lie at any angle.
func (b *Bank) Angles() int {
	switch {
	case b.references != nil && b.references.angled:
		return 1 + len(Angles())
	case b.Turned():
		return 1 + Turns
	}
	return 1
}

// ReferencesHash is the hash of the references that the bank scores by, with
// them turned and in detail where it compares with that; "" without any.
func (b *Bank) ReferencesHash() string {
	if b.references == nil {
		return ""
	}
	return b.references.hash
}

// Thresholds are what the bank's scores are held against.
func (b *Bank) Thresholds() Thresholds { return b.Set.Thresholds }

// Detail returns how finely the bank compares with its references; 1 is the
// whole picture alone.
func (b *Bank) Detail() int {
	if b.references == nil {
		return 1
	}
	return b.references.detail
}

// Needs returns what an observation must have to be scored.
func (b *Bank) Needs() Needs { return Needs{Tiles: b.Set.Tiles, Detail: b.Detail()} }
