package outbox

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// An older copy of a store that is put back becomes another incarnation.
func TestAnOlderCopyThatIsPutBackBecomesAnotherIncarnation(t *testing.T) {
	hub, dir := newHub(t), t.TempDir()
	s := openStore(t, Options{Dir: dir})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	first := appendResult(t, s, 0, "FAIL", nil)
	drained(t, s) // a copy that was made before the hub was ever reached doubles what stands in it
	older := filepath.Join(t.TempDir(), "older")
	if out, err := exec.Command("cp", "-a", dir, older).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	appendResult(t, s, 1, "FAIL", nil)
	appendResult(t, s, 2, "FAIL", nil)
	drained(t, s)
	s.Close()
	s = openStore(t, Options{Dir: older})
	appendResult(t, s, 100, "FAIL", nil)
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	eventually(t, "a new incarnation", func() bool { return s.currentIncarnation() != first.Incarnation })
	appendResult(t, s, 101, "FAIL", nil)
	drained(t, s)
	parts := map[string]int{}
	got, report := all(t, hub.url())
	for _, r := range got {
		if result, err := r.Result(); err == nil {
			parts[result.Part]++
		}
	}
	for _, part := range []string{"0", "1", "2", "100", "101"} {
		if parts[part] != 1 {
			t.Errorf("part %s is %d times at the hub, want once: %v, %+v", part, parts[part], parts, report)
		}
	}
}

// An older copy works for a while before it reaches the hub, and is started anew in
// between: what it stored itself is new, and what stood in the copy is not.
func TestAnOlderCopyThatWasStartedTwiceBeforeItReachesTheHub(t *testing.T) {
	hub, dir := newHub(t), t.TempDir()
	s := openStore(t, Options{Dir: dir})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	for part := range 5 {
		appendResult(t, s, part, "FAIL", nil)
	}
	drained(t, s)
	older := filepath.Join(t.TempDir(), "older")
	if out, err := exec.Command("cp", "-a", dir, older).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for part := 5; part < 20; part++ {
		appendResult(t, s, part, "FAIL", nil)
	}
	drained(t, s)
	s.Close()
	for part := 100; part < 104; part += 2 {
		s = openStore(t, Options{Dir: older})
		appendResult(t, s, part, "FAIL", nil)
		appendResult(t, s, part+1, "FAIL", nil)
		s.Close()
	}
	s = openStore(t, Options{Dir: older})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	drained(t, s)
	parts := map[string]int{}
	got, _ := all(t, hub.url())
	for _, r := range got {
		if result, err := r.Result(); err == nil {
			parts[result.Part]++
		}
	}
	for part := range 104 {
		if want := map[bool]int{true: 1}[part < 20 || part >= 100]; parts[fmt.Sprint(part)] != want {
			t.Errorf("part %d is %d times at the hub, want %d", part, parts[fmt.Sprint(part)], want)
		}
	}
}

// What another program writes to a station's subjects at the hub stays there;
// subscribers refuse it, and the station's own events lose nothing.
func TestWhatOthersWriteToAStationsSubjectsIsRefused(t *testing.T) {
	hub := newHub(t)
	s := openStore(t, Options{Dir: t.TempDir()})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	conn, err := nats.Connect(hub.url())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for part := range 5 {
		appendResult(t, s, part, "FAIL", nil)
		drained(t, s)
		if _, err := conn.Request(station.Subject(events.TypeResult), []byte("from elsewhere"), 10*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	appendResult(t, s, 5, "FAIL", nil)
	drained(t, s)
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	report, err := events.Subscribe(ctx, events.Hub{URL: hub.url()}, events.SubscribeOptions{All: true}, func(r events.Received) error {
		if r.Sequence == 6 {
			cancel()
		}
		return nil
	})
	if want := (events.Report{Events: 6, Refused: 5}); err != nil || report != want {
		t.Errorf("%+v, %v", report, err)
	}
}

// Who connects to the embedded server may read, and cannot write among the
// station's events, nor read the agent's notes, nor make streams.
func TestGuestsOfTheEmbeddedServerReadOnly(t *testing.T) {
	s := openStore(t, Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	refused := make(chan error, 10)
	conn, err := nats.Connect(s.URL(), nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused <- err }))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, subject := range []string{
		station.Subject(events.TypeResult), "$JS.API.STREAM.DELETE.QC", "$JS.API.STREAM.PURGE.QC", "$JS.API.STREAM.CREATE.X",
		"$KV.qc-agent.forwarded", "$JS.API.STREAM.MSG.GET.KV_qc-agent", "$O.qc-evidence.C.x",
	} {
		if err := conn.Publish(subject, []byte("{}")); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-refused:
			if !strings.Contains(strings.ToLower(err.Error()), "permissions violation") {
				t.Errorf("%s: %v", subject, err)
			}
		case <-time.After(20 * time.Second):
			t.Errorf("%s is allowed", subject)
		}
	}
	appendResult(t, s, 0, "PASS", nil)
	perfect(t, s.URL(), 1)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.ObjectStore(context.Background(), events.EvidenceBucket); err != nil {
		t.Errorf("evidence cannot be read: %v", err)
	}
}
