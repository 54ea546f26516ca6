package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
	"pristine/events/natsserver"
	"pristine/internal/need"
)

// kills of the agent: what fits into half a minute, or all of make soak.
func kills() int {
	if os.Getenv("PRISTINE_SOAK") != "" {
		return 1000
	}
	return 20
}

// An event is never lost and never doubled, whenever the agent is killed: here
// the program itself, with model, camera and pictures, at random moments from
// its start to well under load. Each run's camera has a name of its own, and
// all its parts are defective, so that the program says each part aloud once
// its event is stored: what it said must be at the hub.
func TestNeverLostNeverDoubledWheneverTheProgramIsKilled(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	hub, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, StoreDir: t.TempDir(), JetStream: true, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	go hub.Start()
	if !hub.ReadyForConnections(30 * time.Second) {
		t.Fatal("the hub does not start")
	}
	t.Cleanup(func() { natsserver.Stop(hub) })
	dir, aloud := t.TempDir(), map[string]bool{}
	start := func(camera string) (*exec.Cmd, *buffer) {
		file := filepath.Join(dir, "edge.yaml")
		text := "station: {name: test}\nevents: {dir: " + dir + "/events, listen: '', hub: {url: '" + hub.ClientURL() + "'}}\ncameras:\n  - name: " + camera +
			"\n    source: 'testline://?fps=0&speed=240&defect_rate=1'\n    policy: every\n    hold_off: 0s\n    parts_only: true\n    health: {max_age: 0s}\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return process(t, nil, "run", "--config", file)
	}
	for round := range kills() {
		camera := fmt.Sprintf("run-%d", round)
		child, out := start(camera)
		if round%2 == 1 { // else also while it starts
			until(t, "load", out, func() bool { return strings.Contains(out.String(), "flange-") })
		}
		time.Sleep(time.Duration(rand.IntN(1000)) * time.Millisecond)
		_ = child.Process.Kill()
		if _ = child.Wait(); child.ProcessState.Exited() {
			t.Fatalf("the program ended by itself: %s", out.String())
		}
		said := out.String()
		for line := range strings.Lines(said[:strings.LastIndex(said, "\n")+1]) {
			if f := strings.Fields(line); len(f) > 2 && f[1] == camera && strings.HasPrefix(f[2], "flange-") {
				aloud[camera+" "+f[2]] = true
			}
		}
	}
	child, out := start("last")
	got, report := untilLast(t, hub.ClientURL(), out)
	if _ = child.Process.Signal(os.Interrupt); child.Wait() != nil {
		t.Errorf("the last run: %s", out.String())
	}
	seen, doubled, lost := map[string]bool{}, 0, 0
	for i, r := range got {
		if r.Incarnation != got[0].Incarnation || r.Sequence != uint64(i+1) {
			t.Fatalf("event %d is %s", i+1, r.ID)
		}
		if result, err := r.Result(); err == nil {
			key := result.Camera + " " + result.Part
			if seen[key] {
				doubled++
			}
			seen[key] = true
		}
	}
	for key := range aloud {
		if !seen[key] {
			t.Errorf("the event of %q, which was said aloud, is not at the hub", key)
			lost++
		}
	}
	t.Logf("%d kills, %d verdicts said, %d events at the hub: %d lost, %d doubled, %d out of order", kills(), len(aloud), len(got), lost, doubled+int(report.Duplicates), report.OutOfOrder)
	if lost+doubled != 0 || report.Missing+report.Shed+report.Duplicates+report.OutOfOrder+report.Refused != 0 || len(aloud) < kills()/2 {
		t.Errorf("%d lost, %d doubled, %d said, %+v; want lost+doubled == 0, report.Missing+report.Shed+report.Duplicates+report.OutOfOrder+report.Refused == 0, len(aloud) >= kills()/2", lost, doubled, len(aloud), report)
	}
}

// untilLast returns the hub's events up to the first result of the last run; all
// others come before it.
func untilLast(t *testing.T, url string, out *buffer) (got []events.Received, report events.Report) {
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
	until(t, "the hub's stream", out, func() bool { _, err := js.Stream(context.Background(), events.StreamName); return err == nil })
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	report, err = events.Subscribe(ctx, events.Hub{URL: url}, events.SubscribeOptions{All: true}, func(r events.Received) error {
		got = append(got, r)
		if result, err := r.Result(); err == nil && result.Camera == "last" {
			cancel()
		}
		return nil
	})
	if err != nil || !errors.Is(ctx.Err(), context.Canceled) {
		t.Fatalf("%d events, %v, %v: %s", len(got), err, ctx.Err(), out.String())
	}
	return got, report
}
