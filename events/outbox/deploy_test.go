package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"pristine/events"
	"pristine/events/natsserver"
)

// A hub started from deploy/nats as it stands takes the events and evidence of
// three agents, each of which may write to its own subjects only, and shows
// them to a watcher, who may write nothing; none reads the answers to another.
func TestTheDeployedHubTakesThreeAgents(t *testing.T) {
	plant := newPlant(t, "hub.conf")
	plant.operate("../../deploy/nats/streams.sh")
	for n := 1; n <= 3; n++ {
		s, err := Open(context.Background(), Options{Dir: t.TempDir(), Station: events.Station{Site: "plant", Line: "line-1", Name: fmt.Sprintf("station-%d", n)}, ReserveBytes: 1})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		evidence, err := s.PutEvidence(context.Background(), "FAIL", bytesOf(200<<10))
		if err != nil {
			t.Fatal(err)
		}
		for part := range 5 {
			appendResult(t, s, part, "FAIL", evidence)
		}
		forward(t, s, ForwardOptions{Hub: plant.as(plant.url, fmt.Sprintf("station-%d", n)), OnState: func(up bool, err error) {
			if !up {
				t.Logf("station-%d: %v", n, err)
			}
		}})
		drained(t, s)
	}
	watcher, got := plant.as(plant.url, "watcher"), 0
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	reader, err := events.OpenEvidence(ctx, watcher)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	report, err := events.Subscribe(ctx, watcher, events.SubscribeOptions{All: true}, func(r events.Received) error {
		result, err := r.Result()
		if err != nil {
			return err
		}
		if _, err := reader.Fetch(ctx, result.Evidence); err != nil {
			return err
		}
		if got++; got == 15 {
			cancel()
		}
		return nil
	})
	if err != nil || got != 15 || report.Missing+report.Duplicates+report.Refused != 0 {
		t.Errorf("%d events, %+v, %v; want err == nil, got == 15, report.Missing+report.Duplicates+report.Refused == 0", got, report, err)
	}
	for _, user := range []string{"station-2", "watcher"} {
		h := plant.as(plant.url, user)
		mayNot(t, &h, func(conn *nats.Conn) error { return conn.Publish("qc.plant.line-1.station-1.result", []byte("{}")) })
		mayNot(t, &h, func(conn *nats.Conn) error { return conn.Publish("$JS.API.STREAM.PURGE.OBJ_qc-evidence", nil) })
		for _, subject := range []string{"_INBOX.>", "_INBOX.plant.line-1.station-1.>", "qc.svc.plant.line-1.station-1.inspect"} {
			mayNot(t, &h, func(conn *nats.Conn) error { _, err := conn.SubscribeSync(subject); return err })
		}
	}
	wrong := plant.with(plant.url, "station-1", "a-wrong-secret")
	if _, err := wrong.Connect(false); err == nil || strings.Contains(err.Error(), "a-wrong-secret") {
		t.Errorf("a wrong password gave %v", err)
	}
	wrong.CAFile = ""
	if _, err := wrong.Connect(false); err == nil {
		t.Error("a certificate of an unknown authority was accepted")
	}
}

// mayNot requires that the hub refuses what a user does.
func mayNot(t *testing.T, h *events.Hub, do func(*nats.Conn) error) {
	t.Helper()
	refused := make(chan error, 1)
	conn, err := h.Connect(false, nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused <- err }))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := do(conn); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-refused:
		if !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("%s: %v", h.UserFile, err)
		}
	case <-time.After(20 * time.Second):
		t.Errorf("%s may do it", h.UserFile)
	}
}

// deployed starts a server from a file of deploy/nats, on any port.
func deployed(t *testing.T, file string) *server.Server {
	t.Helper()
	options, err := server.ProcessConfigFile("../../deploy/nats/" + file)
	if err != nil {
		t.Fatal(err)
	}
	options.Port, options.NoLog, options.NoSigs = server.RANDOM_PORT, true, true
	options.JetStreamMaxStore = 1 << 40 // else a plant's buckets fit only on a disk that is as free as theirs
	if options.LeafNode.Port != 0 {
		options.LeafNode.Port = server.RANDOM_PORT
	}
	s, err := server.NewServer(options)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatalf("%s does not start", file)
	}
	t.Cleanup(func() { natsserver.Stop(s) })
	return s
}
