package agent

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"pristine/events/natsserver"
	"pristine/internal/problem"
)

// A hub that refuses the user is a problem of its own, and ends once the user is
// known there.
func TestProblems_HubRefusesTheUser(t *testing.T) {
	hub := newNATSServer(t)
	hub.stop()
	user, password := filepath.Join(t.TempDir(), "user"), filepath.Join(t.TempDir(), "password")
	for file, text := range map[string]string{user: "station", password: "hunter2"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hub.user = "somebody-else"
	hub.start()
	r := watch(t, settings(t, t.TempDir(), fmt.Sprintf("events: {hub: {url: 'nats://127.0.0.1:%d', user_file: '%s', password_file: '%s'}}\n", hub.port, user, password)+belt(t)))
	want := expected{problem.HubRefusing, "", "auth", "the hub refuses the user", 503, 200, 200}
	r.shown(want)
	hub.stop()
	hub.user = "station"
	hub.start()
	r.gone(want)
	r.until("no problem of the hub", func() bool { return len(r.page().Problems) == 0 })
	r.answers(200, 200, 200)
}

// natsServer is a hub that can be stopped and started on one port.
type natsServer struct {
	t    *testing.T
	dir  string
	port int
	user string // with the password hunter2; "" admits everybody
	*server.Server
}

func newNATSServer(t *testing.T) *natsServer {
	t.Helper()
	s := &natsServer{t: t, dir: t.TempDir(), port: server.RANDOM_PORT}
	s.start()
	s.port = s.Addr().(*net.TCPAddr).Port
	t.Cleanup(s.stop)
	return s
}

func (s *natsServer) start() {
	s.t.Helper()
	o := &server.Options{Host: "127.0.0.1", Port: s.port, StoreDir: s.dir, JetStream: true, NoLog: true, NoSigs: true}
	if s.user != "" {
		o.Username, o.Password = s.user, "hunter2"
	}
	var err error
	if s.Server, err = server.NewServer(o); err != nil {
		s.t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		s.t.Fatal("the hub does not start")
	}
}

func (s *natsServer) stop() {
	natsserver.Stop(s.Server)
}

func TestProblems_HubStopped(t *testing.T) {
	hub := newNATSServer(t)
	c := settings(t, t.TempDir(), fmt.Sprintf("events: {hub: {url: 'nats://127.0.0.1:%d'}}\n", hub.port)+belt(t))
	r := watch(t, c)
	r.until("events at the hub", func() bool { return r.page().Events.HubTakes })
	hub.stop()
	var cause string
	r.until("the hub's problem", func() bool {
		for _, p := range r.page().Problems {
			if p.Code == problem.HubUnreachable {
				cause = p.Cause
			}
		}
		return cause != ""
	})
	want := expected{problem.HubUnreachable, "", cause, fmt.Sprintf("nats://127.0.0.1:%d does not answer", hub.port), 200, 200, 200}
	r.shown(want)
	hub.start()
	r.gone(want)
	r.answers(200, 200, 200)
}
