package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"pristine/events"
	"pristine/events/history"
)

func remember(s *Store, bundle, name string, thumb int) {
	s.Remember(&history.Seen{Event: name, Camera: "c", Verdict: "PASS", Time: time.Now().UTC(), Bundle: bundle, Scale: 0.01, Vector: []byte{1, 2, 3}, Thumb: bytes.Repeat([]byte{9}, thumb)})
}

// recalled gives what a bundle has seen after a sequence, and the last sequence.
func recalled(t *testing.T, s *Store, bundle string, after uint64) (names []string, last uint64) {
	t.Helper()
	r, err := history.Open(context.Background(), events.Hub{URL: s.URL()}, bundle)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	err = r.Each(context.Background(), after, func(sequence uint64, seen *history.Seen) error {
		names, last = append(names, seen.Event), sequence
		return nil
	})
	if err != nil || r.Refused > 0 {
		t.Fatalf("%v, %d refused", err, r.Refused)
	}
	return names, last
}

// Embeddings of two bundles are never mixed, and what was seen outlives the
// agent.
func TestWhatWasSeenIsKeptForItsBundleOnly(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, Options{Dir: dir, Listen: "127.0.0.1:0", HistoryBytes: 1 << 20})
	remember(s, "one", "a", 100)
	remember(s, "two", "b", 100)
	remember(s, "one", "c", 100)
	if err := s.Close(); err != nil { // what waits is kept
		t.Fatal(err)
	}
	s = openStore(t, Options{Dir: dir, Listen: "127.0.0.1:0", HistoryBytes: 1 << 20})
	names, last := recalled(t, s, "one", 0)
	if fmt.Sprint(names) != "[a c]" || s.Status().Forgotten != 0 {
		t.Errorf("%v, %+v", names, s.Status())
	}
	if again, _ := recalled(t, s, "one", last); len(again) != 0 {
		t.Errorf("%v came twice", again)
	}
	if other, _ := recalled(t, s, "three", 0); len(other) != 0 {
		t.Errorf("a new bundle has seen %v", other)
	}
	r, err := history.Open(context.Background(), events.Hub{URL: s.URL()}, "one")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if thumb, err := r.Thumb(context.Background(), last); err != nil || len(thumb) != 100 {
		t.Errorf("%d bytes, %v", len(thumb), err)
	}
	if thumb, err := r.Thumb(context.Background(), 1000); err != nil || thumb != nil {
		t.Errorf("%d bytes of nothing, %v", len(thumb), err)
	}
	conn, err := nats.Connect(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Request("seen.one", []byte("forged"), 200*time.Millisecond); err == nil {
		t.Error("a guest wrote into the history")
	}
}

// JetStream bounds the history by bytes, oldest first.
func TestTheHistoryIsBoundedByBytes(t *testing.T) {
	s := openStore(t, Options{Dir: t.TempDir(), Listen: "127.0.0.1:0", HistoryBytes: 1 << 20})
	for i := range 60 {
		remember(s, "one", fmt.Sprint(i), 32<<10)
		eventually(t, "it is kept", func() bool { return len(s.seen) == 0 })
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, Options{Dir: s.options.Dir, Listen: "127.0.0.1:0", HistoryBytes: 1 << 20})
	names, last := recalled(t, s, "one", 0)
	if last != 60 || len(names) < 20 || len(names) > 32 || names[len(names)-1] != "59" {
		t.Errorf("of 60 there are %d, to %d: %v", len(names), last, names)
	}
	// Where the disk is short, the older half goes.
	if err := s.forgetOldest(context.Background()); err != nil {
		t.Fatal(err)
	}
	if left, _ := recalled(t, s, "one", 0); len(left) > len(names)/2+1 || len(left) == 0 || left[len(left)-1] != "59" {
		t.Errorf("of %v %v is left", names, left)
	}
}

// Remember never waits: what cannot be kept is counted, and events come first
// where the disk is short.
func TestWhatCannotBeRememberedIsCounted(t *testing.T) {
	s := openStore(t, Options{Dir: t.TempDir(), HistoryBytes: 1 << 20, ReserveBytes: 1 << 62})
	remember(s, "one", "a", 10)
	eventually(t, "it is forgotten", func() bool { return s.Status().Forgotten == 1 })
	none := openStore(t, Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	for range 2 * waiting {
		remember(none, "one", "a", 10)
	}
	if none.Status().Forgotten != 0 {
		t.Error("without a history there is nothing to forget")
	}
	if _, err := history.Open(context.Background(), events.Hub{URL: none.URL()}, "one"); !errors.Is(err, history.ErrNone) || !strings.Contains(err.Error(), "events.history_bytes") {
		t.Error(err)
	}
}
