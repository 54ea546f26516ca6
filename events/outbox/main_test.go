package outbox

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"pristine/events"
	"pristine/events/natsserver"
)

// TestMain becomes an agent's store under load where the environment says so:
// the fault tests kill that process.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PRISTINE_CHILD_STORE"); dir != "" {
		runChild(dir, os.Getenv("PRISTINE_CHILD_HUB"), os.Getenv("PRISTINE_CHILD_NAME"), os.Getenv("PRISTINE_CHILD_ROUND"))
		return
	}
	if os.Getenv(jumpsVariable) != "" && !clockJumps() {
		fmt.Fprintln(os.Stderr, "the clock does not jump")
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// soak runs the fault tests in full.
var soak = os.Getenv("PRISTINE_SOAK") != ""

// rounds of a fault: many in a soak, few in every run of the tests, fewer yet
// with -short, which the run with the race detector has.
func rounds(few, many int) int {
	switch {
	case soak:
		return many
	case testing.Short():
		return (few + 4) / 5
	}
	return few
}

var station = events.Station{Site: "plant", Line: "line-1", Name: "s1"}

func openStore(t *testing.T, o Options) *Store {
	t.Helper()
	if o.Station == (events.Station{}) {
		o.Station = station
	}
	if o.MaxBytes == 0 {
		o.MaxBytes, o.EvidenceBytes = 64<<20, 64<<20
	}
	if o.ReserveBytes == 0 {
		o.ReserveBytes = 1
	}
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func appendResult(t *testing.T, s *Store, part int, verdict string, evidence *events.Evidence) *events.Event {
	t.Helper()
	e, err := s.Append(context.Background(), events.TypeResult, events.Result{Camera: "c", Part: fmt.Sprint(part), Verdict: verdict, Evidence: evidence})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// forward moves events until the test ends.
func forward(t *testing.T, s *Store, o ForwardOptions) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.Forward(ctx, o); ctx.Err() == nil {
			t.Errorf("forward: %v", err)
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to this: %s", what)
		}
	}
}

func drained(t *testing.T, s *Store) {
	t.Helper()
	eventually(t, "the hub has all events", func() bool { status := s.Status(); return status.Backlog() == 0 })
}

// all gives every event that a server's stream holds, and the counts of what
// is wrong with them.
func all(t *testing.T, url string) ([]events.Received, events.Report) {
	t.Helper()
	conn, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(context.Background(), events.StreamName)
	if err != nil {
		t.Fatal(err)
	}
	want := stream.CachedInfo().State.Msgs
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if want == 0 {
		return nil, events.Report{}
	}
	var got []events.Received
	report, err := events.Subscribe(ctx, events.Hub{URL: url}, events.SubscribeOptions{All: true}, func(r events.Received) error {
		if got = append(got, r); uint64(len(got)) == want {
			cancel()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, report
}

// perfect requires that nothing is lost, doubled or out of order, and that the
// parts are 0, 1, 2….
func perfect(t *testing.T, url string, want int) {
	t.Helper()
	got, report := all(t, url)
	if len(got) != want || report.Missing+report.Shed+report.Duplicates+report.OutOfOrder+report.Refused != 0 {
		t.Fatalf("%d events, want %d: %+v", len(got), want, report)
	}
	for i, r := range got {
		if result, err := r.Result(); err != nil || result.Part != fmt.Sprint(i) {
			t.Fatalf("event %d is of part %v (%v)", i, result, err)
		}
	}
}

// hubServer is a real nats-server that can be stopped and started again on the
// same store and port.
type hubServer struct {
	t      *testing.T
	dir    string
	port   int
	server *server.Server
}

func newHub(t *testing.T) *hubServer {
	t.Helper()
	h := &hubServer{t: t, dir: t.TempDir(), port: server.RANDOM_PORT}
	h.start()
	h.port = h.server.Addr().(*net.TCPAddr).Port
	t.Cleanup(h.stop)
	return h
}

func (h *hubServer) start() {
	h.t.Helper()
	var err error
	if h.server, err = server.NewServer(&server.Options{Host: "127.0.0.1", Port: h.port, StoreDir: h.dir, JetStream: true, NoLog: true, NoSigs: true, SyncAlways: true}); err != nil {
		h.t.Fatal(err)
	}
	go h.server.Start()
	if !h.server.ReadyForConnections(30 * time.Second) {
		h.t.Fatal("the hub does not start")
	}
}

func (h *hubServer) stop() {
	natsserver.Stop(h.server)
}

func (h *hubServer) url() string { return fmt.Sprintf("nats://127.0.0.1:%d", h.port) }

// messages is how many events the hub's stream holds.
func (h *hubServer) messages() uint64 {
	conn, err := nats.Connect("", nats.InProcessServer(h.server))
	if err != nil {
		return 0
	}
	defer conn.Close()
	js, _ := jetstream.New(conn)
	stream, err := js.Stream(context.Background(), events.StreamName)
	if err != nil {
		return 0
	}
	return stream.CachedInfo().State.Msgs
}

func bytesOf(n int) []byte { return []byte(strings.Repeat("x", n)) }
