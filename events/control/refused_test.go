package control

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"pristine/events"
	"pristine/events/natsserver"
)

// An agent that its hub refuses from the start answers when the file holds the
// right password, and when the hub takes it back after having refused it.
func TestServe_UserRefused(t *testing.T) {
	options := &server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true, Users: []*server.User{{Username: "u", Password: "right"}, {Username: "asker", Password: "a"}}}
	hub, err := server.NewServer(options)
	if err != nil {
		t.Fatal(err)
	}
	go hub.Start()
	if !hub.ReadyForConnections(30 * time.Second) {
		t.Fatal("the hub does not start")
	}
	t.Cleanup(func() { natsserver.Stop(hub) })
	dir := t.TempDir()
	user, password := filepath.Join(dir, "user"), filepath.Join(dir, "password")
	for file, text := range map[string]string{user: "u", password: "wrong"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refusals := func() int {
		state, err := hub.Connz(&server.ConnzOptions{State: server.ConnClosed, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, c := range state.Conns {
			if strings.Contains(c.Reason, "Authentication") {
				n++
			}
		}
		return n
	}
	refused := func() {
		t.Helper()
		before := refusals()
		for deadline := time.Now().Add(60 * time.Second); refusals() < before+4; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the hub refused %d attempts, want %d", refusals(), before+4)
			}
		}
	}
	serve(t, Options{Connect: (&events.Hub{URL: hub.ClientURL(), UserFile: user, PasswordFile: password}).Agent, Station: station, Agent: &line{}})
	refused()
	if err := os.WriteFile(password, []byte("right"), 0o600); err != nil {
		t.Fatal(err)
	}
	conn, err := nats.Connect(hub.ClientURL(), nats.UserInfo("asker", "a"), nats.MaxReconnects(-1))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ask(t, conn, "status", "")
	changed := options.Clone()
	changed.Users = []*server.User{{Username: "u", Password: "other"}, {Username: "asker", Password: "a"}}
	if err := hub.ReloadOptions(changed); err != nil {
		t.Fatal(err)
	}
	refused()
	if err := hub.ReloadOptions(options.Clone()); err != nil {
		t.Fatal(err)
	}
	ask(t, conn, "status", "")
}

// stubborn handles a request until it is let go, whatever its deadline.
type stubborn struct {
	line
	began chan struct{}
	leave chan struct{}
	left  atomic.Bool
}

func (s *stubborn) Inspect(context.Context, string, string, []byte) (*events.Result, error) {
	close(s.began)
	<-s.leave
	s.left.Store(true)
	return nil, errors.New("too late")
}

// Serve does not return while a handler runs, and the answer that says that there
// is none in time is sent on time all the same.
func TestServe_WaitsForHandlers(t *testing.T) {
	hub := startHub(t, t.TempDir(), server.RANDOM_PORT)
	agent := &stubborn{began: make(chan struct{}), leave: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	served := make(chan error, 1)
	go func() {
		served <- Serve(ctx, Options{Connect: to(hub.ClientURL()), Station: station, Agent: agent, Deadline: 200 * time.Millisecond})
	}()
	conn, err := nats.Connect(hub.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ask(t, conn, "status", "")
	answers := make(chan *nats.Msg, 2)
	inbox := conn.NewInbox()
	if _, err := conn.ChanSubscribe(inbox, answers); err != nil {
		t.Fatal(err)
	}
	asked := time.Now()
	if err := conn.PublishRequest("qc.svc."+station.Token()+".inspect", inbox, nil); err != nil {
		t.Fatal(err)
	}
	<-agent.began
	select {
	case answer := <-answers:
		if code, took := answer.Header.Get(micro.ErrorCodeHeader), time.Since(asked); code != "504" || took > 5*time.Second {
			t.Errorf("the answer has code %q after %v, want 504 after 200ms", code, took)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("no answer came while the handler ran")
	}
	cancel()
	select {
	case err := <-served:
		t.Fatalf("Serve returned while a handler ran: %v", err)
	case <-time.After(100 * time.Millisecond): // it has nothing else to wait for
	}
	close(agent.leave)
	if err := <-served; !errors.Is(err, context.Canceled) || !agent.left.Load() {
		t.Errorf("Serve returned %v, the handler had returned: %v; want context.Canceled, true", err, agent.left.Load())
	}
	if err := conn.Flush(); err != nil {
		t.Fatal(err)
	}
	select {
	case answer := <-answers:
		t.Errorf("a second answer came: %v", answer.Header)
	default:
	}
}
