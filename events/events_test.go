package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var station = Station{"plant", "line-1", "s1"}

func openStore(t *testing.T, dir, listen string) *Store {
	t.Helper()
	s, err := Open(context.Background(), Options{Dir: dir, Station: station, Listen: listen, MaxBytes: 64 << 20, EvidenceBytes: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func appendResult(t *testing.T, s *Store, part int, evidence *Evidence) *Event {
	t.Helper()
	e, err := s.Append(context.Background(), TypeResult, Result{Camera: "c", Part: fmt.Sprint(part), Verdict: "FAIL", Evidence: evidence})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// receive subscribes until want events have come.
func receive(t *testing.T, url string, want int) ([]Received, Report) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var got []Received
	report, err := Subscribe(ctx, Hub{URL: url}, SubscribeOptions{All: true}, func(r Received) error {
		if got = append(got, r); len(got) == want {
			cancel()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != want {
		t.Fatalf("%d events came, want %d", len(got), want)
	}
	return got, report
}

func TestSequencesGoOnAfterARestart(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir, "")
	first := appendResult(t, s, 1, nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, dir, "127.0.0.1:0")
	defer s.Close()
	second := appendResult(t, s, 2, nil)
	if first.Sequence != 1 || second.Sequence != 2 || first.Incarnation != second.Incarnation {
		t.Errorf("sequences %d and %d of %s and %s", first.Sequence, second.Sequence, first.Incarnation, second.Incarnation)
	}
	got, report := receive(t, s.URL(), 2)
	if got[0].ID != first.ID || got[1].ID != second.ID || report.Missing != 0 || report.Duplicates != 0 {
		t.Errorf("received %s and %s, %+v", got[0].ID, got[1].ID, report)
	}
	other := openStore(t, t.TempDir(), "")
	defer other.Close()
	if e := appendResult(t, other, 1, nil); e.Incarnation == first.Incarnation {
		t.Error("a new store has the incarnation of another")
	}
}

func TestEvidenceIsFetchedAndCompared(t *testing.T) {
	s := openStore(t, t.TempDir(), "127.0.0.1:0")
	defer s.Close()
	e, err := s.PutEvidence(context.Background(), []byte("jpeg"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := FetchEvidence(context.Background(), Hub{URL: s.URL()}, e)
	if err != nil || string(got) != "jpeg" {
		t.Errorf("got %q, %v", got, err)
	}
	e.SHA256 = strings.Repeat("0", 64)
	if _, err := FetchEvidence(context.Background(), Hub{URL: s.URL()}, e); !errors.Is(err, ErrEvidence) {
		t.Errorf("evidence with another hash gave %v", err)
	}
}

func startHub(t *testing.T, dir string, port int) *server.Server {
	t.Helper()
	hub, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, StoreDir: dir, JetStream: true, NoLog: true, NoSigs: true, SyncAlways: true})
	if err != nil {
		t.Fatal(err)
	}
	go hub.Start()
	if !hub.ReadyForConnections(10 * time.Second) {
		t.Fatal("the hub does not start")
	}
	return hub
}

func stopHub(hub *server.Server) {
	hub.Shutdown()
	hub.WaitForShutdown()
}

// The hub is absent at first, then restarted twice under load with the same
// store: nothing is lost, doubled or out of order.
func TestForwardThroughAnAbsentAndRestartingHub(t *testing.T) {
	s := openStore(t, t.TempDir(), "")
	defer s.Close()
	evidence, err := s.PutEvidence(context.Background(), []byte("jpeg"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	probe := startHub(t, dir, server.RANDOM_PORT)
	url, port := probe.ClientURL(), probe.Addr().String()
	stopHub(probe)
	var number int
	if _, err := fmt.Sscanf(port[strings.LastIndex(port, ":")+1:], "%d", &number); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	connected := make(chan struct{}, 100)
	go func() {
		done <- s.Forward(ctx, Hub{URL: url, OnState: func(up bool, _ error) {
			if up {
				connected <- struct{}{}
			}
		}})
	}()
	for i := range 20 {
		appendResult(t, s, i, evidence)
	}
	hub := startHub(t, dir, number)
	select {
	case <-connected:
	case <-time.After(20 * time.Second):
		t.Fatal("the hub was not found")
	}
	for restart := range 2 {
		for i := range 40 {
			appendResult(t, s, 20+40*restart+i, nil)
		}
		stopHub(hub)
		hub = startHub(t, dir, number)
	}
	defer stopHub(hub)
	got, report := receive(t, url, 100)
	for i, r := range got {
		if result, err := r.Result(); err != nil || result.Part != fmt.Sprint(i) {
			t.Fatalf("event %d is of part %v (%v)", i, result, err)
		}
	}
	if report.Missing != 0 || report.Duplicates != 0 || report.Refused != 0 {
		t.Errorf("%+v", report)
	}
	if _, err := FetchEvidence(context.Background(), Hub{URL: url}, evidence); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestForeignMessagesAreRefusedAndCounted(t *testing.T) {
	s := openStore(t, t.TempDir(), "127.0.0.1:0")
	defer s.Close()
	conn, err := nats.Connect(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, body := range []string{"", "{}", `{"specversion":"1.0","id":"x","source":"/a","type":"com.pristine.qc.result"}`, strings.Repeat("x", MaxBytes+1)} {
		if _, err := conn.Request("qc.plant.line-1.s1.result", []byte(body), 5*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	e := appendResult(t, s, 1, nil)
	got, report := receive(t, s.URL(), 1)
	if got[0].ID != e.ID || report.Refused != 4 {
		t.Errorf("received %s, %+v", got[0].ID, report)
	}
}

func TestNamesThatWouldLeaveTheSubjectAreRefused(t *testing.T) {
	for _, name := range []string{"", "a.b", "*", ">", "../x", "a b"} {
		if _, err := Open(context.Background(), Options{Dir: t.TempDir(), Station: Station{"s", "l", name}}); !errors.Is(err, ErrStore) {
			t.Errorf("station %q gave %v", name, err)
		}
	}
}

func TestAnEventIsCloudEventsJSON(t *testing.T) {
	_, body, err := encode(station, "inc", 7, TypeState, time.Unix(0, 0), State{Subject: "agent", Name: "s1", State: "started"})
	if err != nil {
		t.Fatal(err)
	}
	var e map[string]any
	if err := json.Unmarshal(body, &e); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"specversion": "1.0", "id": "inc-7", "source": "/plant/line-1/s1", "type": "com.pristine.qc.state",
		"time": "1970-01-01T00:00:00Z", "incarnation": "inc", "sequence": "7", "datacontenttype": "application/json",
	} {
		if e[key] != want {
			t.Errorf("%s is %v, want %v", key, e[key], want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	_, body, _ := encode(station, "inc", 7, TypeResult, time.Unix(0, 0), Result{Verdict: "PASS"})
	f.Add(body)
	f.Add([]byte(`{"specversion":"1.0"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if e, err := Decode(data); (e == nil) == (err == nil) {
			t.Fatal("an event or an error, not both")
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	s, err := Open(context.Background(), Options{Dir: b.TempDir(), Station: station})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for b.Loop() {
		if _, err := s.Append(context.Background(), TypeResult, Result{Verdict: "PASS"}); err != nil {
			b.Fatal(err)
		}
	}
}
