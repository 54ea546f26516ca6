package history

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLabel_TakesPartsOffTheQueueAndUndoesIt(t *testing.T) {
	ctx := context.Background()
	h := open(t, Options{})
	fill(t, h, 0, 40)
	queued := func() int { return len(must(h.Parts(ctx, Filter{Queued: true}, 100))(t)) }
	fail, sample := must(h.Part(ctx, "K-30"))(t), must(h.Part(ctx, "K-21"))(t)
	if queued() != 6 || !sample.Sample {
		t.Fatalf("%d wait, %+v", queued(), sample)
	}
	for _, l := range []Label{{Result: fail.ID, Who: "ann", Label: Good}, {Result: sample.ID, Who: "ann", Label: Bad, Kind: "scratch"}, {Result: must(h.Part(ctx, "K-0"))(t).ID, Who: "bob", Label: Skipped}} {
		if _, err := h.Label(ctx, l); err != nil {
			t.Fatal(err)
		}
	}
	if got := must(h.Part(ctx, "K-21"))(t); queued() != 3 || got.Label == nil || got.Label.Kind != "scratch" || got.Label.Who != "ann" || got.Label.Time.IsZero() {
		t.Errorf(`%d wait, %+v; want queued() == 3, got.Label != nil, got.Label.Kind == "scratch", got.Label.Who == "ann", not got.Label.Time.IsZero()`, queued(), got.Label)
	}
	period := Period{From: noon.Add(-time.Hour), To: noon.Add(time.Hour)}
	if diff := cmp.Diff([]Reviewed{{"FAIL", 1, 0}, {"PASS", 0, 1}}, must(h.Reviewed(ctx, period))(t)); diff != "" {
		t.Error(diff)
	}
	if l, err := h.Unlabel(ctx, "ann", 0); err != nil || l.Result != sample.ID {
		t.Errorf("%+v, %v", l, err)
	}
	if queued() != 4 || must(h.Part(ctx, "K-21"))(t).Label != nil {
		t.Errorf("%d wait", queued())
	}
	// A second label stands in the place of the first, and gives way to it again.
	if _, err := h.Label(ctx, Label{Result: fail.ID, Who: "ann", Label: Bad}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Reviewed{{"FAIL", 0, 1}}, must(h.Reviewed(ctx, period))(t)); diff != "" {
		t.Error(diff)
	}
	if _, err := h.Unlabel(ctx, "ann", fail.ID); err != nil || must(h.Part(ctx, "K-30"))(t).Label.Label != Good || queued() != 4 {
		t.Errorf(`%v, %d wait; want err == nil, must(h.Part(ctx, "K-30"))(t).Label.Label == Good, queued() == 4`, err, queued())
	}
	// A part that nobody drew is no sample.
	if _, err := h.Label(ctx, Label{Result: must(h.Part(ctx, "K-2"))(t).ID, Who: "ann", Label: Good}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Reviewed{{"FAIL", 1, 0}}, must(h.Reviewed(ctx, period))(t)); diff != "" {
		t.Error(diff)
	}
	for want, l := range map[error]Label{
		ErrNoResult: {Result: 9999, Who: "ann", Label: Good}, ErrLabel: {Result: fail.ID, Who: "ann", Label: "fine"},
	} {
		if _, err := h.Label(ctx, l); !errors.Is(err, want) {
			t.Errorf("%+v: %v", l, err)
		}
	}
	if _, err := h.Unlabel(ctx, "eve", 0); !errors.Is(err, ErrNoLabel) {
		t.Error(err)
	}
}

func trail(t *testing.T) *History {
	t.Helper()
	h := open(t, Options{})
	for i, c := range []Change{
		{Who: "ann", Kind: "arm", Object: "belt", Before: "shadow", After: "armed", Reason: "validated"}, {Who: "bob", Kind: "threshold", Object: "belt", Before: "0.7", After: strings.Repeat("ä", 3000)},
		{Who: "ann", Kind: "user", Object: "bob", After: "operator"},
	} {
		got, err := h.Change(context.Background(), c)
		if err != nil || got.ID != int64(i+1) || len(got.Hash) != 64 {
			t.Fatalf("%+v, %v; want err == nil, got.ID == int64(i+1), len(got.Hash) == 64", got, err)
		}
	}
	return h
}

func TestVerify_FindsWhatWasTamperedWith(t *testing.T) {
	ctx := context.Background()
	h := trail(t)
	if n, head, err := h.Verify(ctx); n != 3 || len(head) != 64 || err != nil {
		t.Fatalf("%d, %s, %v; want n == 3, len(head) == 64, err == nil", n, head, err)
	}
	if all := must(h.Changes(ctx, Period{To: endOfTime}, 2))(t); len(all) != 2 || all[0].Object != "bob" || !strings.Contains(all[1].After, "SHA-256 of all 6000 bytes") {
		t.Errorf(`%+v; want len(all) == 2, all[0].Object == "bob", strings.Contains(all[1].After, "SHA-256 of all 6000 bytes")`, all)
	}
	for name, tamper := range map[string]string{
		"edited": "UPDATE changes SET who = 'eve' WHERE id = 2", "removed": "DELETE FROM changes WHERE id = 2", "cut off": "DELETE FROM changes WHERE id = 3", "emptied": "DELETE FROM changes",
		"renumbered": "DELETE FROM changes WHERE id = 1; UPDATE changes SET id = id - 1", "swapped": "UPDATE changes SET reason = 'none' WHERE id = 1", "re-dated": "UPDATE changes SET at = at + 1 WHERE id = 3",
		"inserted": "INSERT INTO changes VALUES (4, 1, 'eve', 'arm', 'belt', '', '', '', 'abc')",
	} {
		t.Run(name, func(t *testing.T) {
			h := trail(t)
			if _, err := h.write.Exec(tamper); err != nil {
				t.Fatal(err)
			}
			if _, _, err := h.Verify(ctx); !errors.Is(err, ErrChain) {
				t.Errorf("found %v", err)
			}
		})
	}
}

// A program beside the agent appends to the same chain.
func TestRecordChange_BesideAnOpenHistory(t *testing.T) {
	h := trail(t)
	if err := RecordChange(context.Background(), h.options.Dir, Change{Who: "root", Kind: "user", Object: "ann", After: "admin"}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Change(context.Background(), Change{Who: "ann", Kind: "arm", Object: "belt"}); err != nil {
		t.Fatal(err)
	}
	if n, _, err := h.Verify(context.Background()); n != 5 || err != nil {
		t.Errorf("got n %+v, err %+v; want n == 5, err == nil", n, err)
	}
}
