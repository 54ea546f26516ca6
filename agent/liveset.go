package agent

import (
	"sync/atomic"
	"time"

	"pristine/events"
	"pristine/prompts"
)

// liveBank is a bank with the origin of its set. The station scores with it, so that
// each event names the set that decided and its origin.
type liveBank struct {
	*prompts.Bank
	origin *events.SetOrigin
}

// liveSet holds the bank in use. It is swapped as a whole between two frames.
type liveSet struct{ current atomic.Pointer[liveBank] }

// Bank returns the bank to score the next frame with.
func (l *liveSet) Bank() *prompts.Bank { return l.current.Load().Bank }

// Origin returns the origin of the set. The caller must not change it.
func (l *liveSet) Origin() *events.SetOrigin { return l.current.Load().origin }

// Put replaces the bank and its origin.
func (l *liveSet) Put(b *prompts.Bank, o *events.SetOrigin) { l.current.Store(&liveBank{b, o}) }

// Swap replaces the bank by another one of the same set, such as with other references.
func (l *liveSet) Swap(b *prompts.Bank) { l.Put(b, l.Origin()) }

// Origins of a set.
const (
	fromFile = "file"
	fromPush = "push"
)

func fileOrigin(file string, text []byte) *events.SetOrigin {
	return &events.SetOrigin{From: fromFile, File: file, SHA256: prompts.Sum(text), Since: time.Now().UTC()}
}
