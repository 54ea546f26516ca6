package main

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"pristine/events"
	"pristine/events/natsserver"
)

// The first run finds no hub and keeps its events; the second brings those and
// its own to the hub before it ends.
func TestARunWithoutItsHubLosesNothing(t *testing.T) {
	t.Parallel()
	hub := func(port int) *server.Server {
		s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, StoreDir: t.TempDir(), JetStream: true, NoLog: true, NoSigs: true})
		if err != nil {
			t.Fatal(err)
		}
		go s.Start()
		if !s.ReadyForConnections(30 * time.Second) {
			t.Fatal("the hub does not start")
		}
		t.Cleanup(func() { natsserver.Stop(s) })
		return s
	}
	config := configure(t, frames(t, "testline://?fps=0", 2), "")
	edge(t, 0, "run", "--config", setHub(t, config, "nats://127.0.0.1:1"))
	up := hub(server.RANDOM_PORT)
	edge(t, 0, "run", "--config", setHub(t, config, up.ClientURL()))
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	results, stopped := 0, 0
	report, err := events.Subscribe(ctx, events.Hub{URL: up.ClientURL()}, events.SubscribeOptions{All: true}, func(r events.Received) error {
		if _, err := r.Result(); err == nil {
			results++
		}
		if strings.Contains(string(r.Data), `"stopped"`) {
			if stopped++; stopped == 2 {
				cancel()
			}
		}
		return nil
	})
	if err != nil || results != 4 || stopped != 2 || report.Missing != 0 || report.Duplicates != 0 || report.Refused != 0 {
		t.Errorf("%d results of 4, %d runs of 2 ended, %+v, %v; want err == nil, results == 4, stopped == 2, report.Missing == 0, report.Duplicates == 0, report.Refused == 0", results, stopped, report, err)
	}
}

// setHub returns a copy of a configuration with another hub, in the same folder.
func setHub(t *testing.T, config, url string) string {
	t.Helper()
	data, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	file := config + ".hub.yaml"
	text := strings.Replace(string(data), "listen: '127.0.0.1:0'", "listen: '', hub: {url: '"+url+"'}", 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
