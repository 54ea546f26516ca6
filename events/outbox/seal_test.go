package outbox

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"pristine/events"
)

// What a kill between the two files of a stream leaves must not make the station
// another one: its events would go to the hub a second time.
func TestAKillBetweenADescriptionAndItsChecksumKeepsTheIncarnation(t *testing.T) {
	hub, dir := newHub(t), t.TempDir()
	sum := filepath.Join(dir, "jetstream", "$G", "streams", events.StreamName, server.JetStreamMetaFileSum)
	incarnation := ""
	for i, harm := range []func() error{
		func() error { return nil },
		func() error { return os.Remove(sum) },
		func() error { return os.WriteFile(sum, []byte("0123456789abcdef"), 0o600) }, // of the description before
		func() error { return os.Truncate(sum, 0) },
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			if err := harm(); err != nil {
				t.Fatal(err)
			}
			s := openStore(t, Options{Dir: dir})
			if incarnation == "" {
				incarnation = s.Status().Incarnation
			}
			appendResult(t, s, i, "PASS", nil)
			if got := s.Status(); got.Incarnation != incarnation || got.Sequence != uint64(i+1) {
				t.Errorf("%+v, want incarnation %s and sequence %d", got, incarnation, i+1)
			}
			forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
			drained(t, s)
		})
	}
	perfect(t, hub.url(), 4)
}

func TestADescriptionOfNothingIsLeftAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "jetstream", "$G", "streams", "QC")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "{", `{"name": "another"}`} {
		if err := os.WriteFile(filepath.Join(dir, server.JetStreamMetaFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := seal(filepath.Join(dir, "..", "..", "..", "..")); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(dir, server.JetStreamMetaFileSum)); err == nil {
			t.Errorf("%q got a checksum", text)
		}
	}
}
