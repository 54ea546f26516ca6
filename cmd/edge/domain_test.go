package main

import (
	"context"
	"slices"
	"testing"

	"pristine/internal/need"
	"pristine/observe"
	"pristine/prompts"
)

// Of each lot's references, the other lots' pictures must be unknown and its own
// must not, good or bad.
func TestAnotherPartIsUnknownAndABrokenOneIsNot(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	own, others := measureDomain(t, 4, 4)
	if own.unknown*100 > own.all || others.unknown*100 < 95*others.all {
		t.Error("must be at most 1 % of its own and at least 95 % of other parts")
	}
}

func TestWithOneReferenceAnotherPartIsUnknown(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	own, others := measureDomain(t, 1, 5)
	if own.unknown*100 > 2*own.all || others.unknown*100 < 95*others.all {
		t.Error("must be at most 2 % of its own and at least 95 % of other parts")
	}
}

// measureDomain takes k of each lot's twelve good pictures as its references,
// beginning at each step-th in turn.
func measureDomain(t *testing.T, k, step int) (own, others share) {
	t.Helper()
	e, plain := openPlain(t)
	lots := encodeLots(t, e, "chip-0", "dial-0", "fork-0", "rope-0")
	for name, lot := range lots {
		for from := 0; from+k <= len(lot.good); from += step {
			bank := plainWith(t, e, plain, lot.good[from:from+k])
			own.add(t, bank, slices.Concat(lot.allBad(), lot.good[:from], lot.good[from+k:]))
			for other, pictures := range lots {
				if other != name {
					others.add(t, bank, slices.Concat(pictures.allBad(), pictures.good))
				}
			}
		}
	}
	t.Logf("unknown: %d of %d of its own, %d of %d of other parts", own.unknown, own.all, others.unknown, others.all)
	return own, others
}

// openPlain opens the built-in model and the general words, without references.
func openPlain(tb testing.TB) (*observe.Model, *prompts.Bank) {
	tb.Helper()
	e, err := observe.Open("models/pocket", observe.Throughput())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(e.Close)
	plain, err := e.Bank(context.Background(), "configs/prompts/part.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	return e, plain
}

func plainWith(t *testing.T, e *observe.Model, plain *prompts.Bank, good []*prompts.Observation) *prompts.Bank {
	t.Helper()
	references := prompts.NewReferences(e.Bundle.Hash, e.Matcher)
	for _, o := range good {
		if err := references.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	bank, err := plain.WithReferences(references)
	if err != nil {
		t.Fatal(err)
	}
	return bank
}

type share struct{ unknown, all int }

func (c *share) add(t *testing.T, bank *prompts.Bank, pictures []*prompts.Observation) {
	t.Helper()
	var s prompts.Scores
	for _, o := range pictures {
		if err := bank.Score(o, &s); err != nil {
			t.Fatal(err)
		}
		if c.all++; s.Unknown {
			c.unknown++
		}
	}
}
