package agent

import (
	"sync/atomic"
	"time"

	"pristine/events"
	"pristine/prompts"
)

// liveBank is a bank with the origin of its set. It is what a station scores by,
// so that each event can say which set decided, and where it came from.
type liveBank struct {
	*prompts.Bank
	origin *events.SetOrigin
}

// liveSet holds the bank that scores now. It is swapped as a whole, between two
// frames.
type liveSet struct{ current atomic.Pointer[liveBank] }

// Bank returns the bank to score the next frame with.
func (l *liveSet) Bank() *prompts.Bank { return l.current.Load().Bank }

// Origin says where the set of the bank came from. It may not be changed.
func (l *liveSet) Origin() *events.SetOrigin { return l.current.Load().origin }

// Put replaces the bank by one of a set from elsewhere.
func (l *liveSet) Put(b *prompts.Bank, o *events.SetOrigin) { l.current.Store(&liveBank{b, o}) }

// Swap replaces the bank by one of the same set, such as with other references.
func (l *liveSet) Swap(b *prompts.Bank) { l.Put(b, l.Origin()) }

// Where a set came from.
const (
	fromFile = "file"
	fromPush = "push"
)

func fileOrigin(file string, text []byte) *events.SetOrigin {
	return &events.SetOrigin{From: fromFile, File: file, SHA256: prompts.Sum(text), Since: time.Now().UTC()}
}
