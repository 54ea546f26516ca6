package outbox

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"pristine/events"
	"pristine/events/natsserver"
)

// gate is a hub whose users can be changed while it runs.
type gate struct {
	t      *testing.T
	server *server.Server
	file   string
	store  string
}

func newGate(t *testing.T, authorization string) *gate {
	t.Helper()
	g := &gate{t: t, file: filepath.Join(t.TempDir(), "hub.conf"), store: t.TempDir()}
	g.write(authorization)
	o, err := server.ProcessConfigFile(g.file)
	if err != nil {
		t.Fatal(err)
	}
	o.NoLog, o.NoSigs = true, true
	if g.server, err = server.NewServer(o); err != nil {
		t.Fatal(err)
	}
	go g.server.Start()
	if !g.server.ReadyForConnections(30 * time.Second) {
		t.Fatal("the hub does not start")
	}
	t.Cleanup(func() { natsserver.Stop(g.server) })
	return g
}

func (g *gate) write(authorization string) {
	g.t.Helper()
	if err := os.WriteFile(g.file, []byte("listen: \"127.0.0.1:-1\"\njetstream {store_dir: \""+g.store+"\"}\nauthorization {"+authorization+"}\n"), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

// admit changes who is let in.
func (g *gate) admit(authorization string) {
	g.t.Helper()
	g.write(authorization)
	if err := g.server.Reload(); err != nil {
		g.t.Fatal(err)
	}
}

// refusals counts the connections that the hub ended because of their user.
func (g *gate) refusals() int {
	state, err := g.server.Connz(&server.ConnzOptions{State: server.ConnClosed, Limit: 10000})
	if err != nil {
		g.t.Fatal(err)
	}
	n := 0
	for _, c := range state.Conns {
		if strings.Contains(c.Reason, "Authentication") {
			n++
		}
	}
	return n
}

// refused waits until the hub refused more connections than a client gives up
// after.
func (g *gate) refused() {
	g.t.Helper()
	before := g.refusals()
	eventually(g.t, "the hub refused five more attempts", func() bool { return g.refusals() >= before+5 })
}

func secretFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	replace(t, file, text)
	return file
}

// replace writes a file whole, as whoever exchanges a secret should.
func replace(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}

// A hub that refuses the user, at the start or later, is tried for ever, with the
// secrets that the files hold then, and status names the cause.
func TestForwarder_UserRefused(t *testing.T) {
	seed := func() (public, secret string) {
		pair, err := nkeys.CreateUser()
		if err != nil {
			t.Fatal(err)
		}
		public, _ = pair.PublicKey()
		text, _ := pair.Seed()
		return public, string(text)
	}
	oldKey, oldSeed := seed()
	newKey, newSeed := seed()
	const right, other = `user: u, password: right`, `user: u, password: other`
	for name, tc := range map[string]struct {
		first, then, last string // whom the hub admits
		secret, next      string // what the file holds at first and at last
		nkey              bool
	}{
		"later, by the hub":             {right, other, right, "right", "right", false},
		"later, mended by the file":     {right, other, other, "right", "other", false},
		"from the start":                {other, other, right, "right", "right", false},
		"from the start, by the file":   {other, other, other, "right", "other", false},
		"nkey, later":                   {"users: [{nkey: " + oldKey + "}]", "users: [{nkey: " + newKey + "}]", "users: [{nkey: " + newKey + "}]", oldSeed, newSeed, true},
		"nkey, from the start":          {"users: [{nkey: " + newKey + "}]", "users: [{nkey: " + newKey + "}]", "users: [{nkey: " + newKey + "}]", oldSeed, newSeed, true},
		"file unreadable for some time": {right, other, right, "right", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGate(t, tc.first)
			file := secretFile(t, tc.secret)
			hub := events.Hub{URL: g.server.ClientURL(), UserFile: secretFile(t, "u"), PasswordFile: file}
			if tc.nkey {
				hub = events.Hub{URL: g.server.ClientURL(), NkeyFile: file}
			}
			s := openStore(t, Options{Dir: t.TempDir()})
			forward(t, s, ForwardOptions{Hub: hub})
			appendResult(t, s, 0, "FAIL", nil)
			if tc.first != tc.then {
				drained(t, s)
				g.admit(tc.then)
				appendResult(t, s, 1, "FAIL", nil)
			}
			eventually(t, "the status says that the user is refused", func() bool { return s.Status().Hub.Code == events.HubAuth })
			if got := s.Status(); !strings.Contains(got.Hub.Detail, "the hub refuses the user") || got.Connected || got.Backlog() != 1 {
				t.Errorf("status %+v with a backlog of %d, want 1 and \"the hub refuses the user\"", got.Hub, got.Backlog())
			}
			g.refused()
			replace(t, file, tc.next)
			if tc.next == "" {
				g.refused()
				replace(t, file, tc.secret)
			}
			if tc.last != tc.then {
				g.admit(tc.last)
			}
			drained(t, s)
			if got := s.Status().Hub; !got.Connected || got.Code != "" {
				t.Errorf("status %+v, want connected", got)
			}
		})
	}
}

// A subscriber that its hub refuses for some time receives what came meanwhile.
func TestSubscribe_UserRefused(t *testing.T) {
	const right = `users: [{user: agent, password: a}, {user: u, password: right}]`
	g := newGate(t, right)
	s := openStore(t, Options{Dir: t.TempDir()})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: g.server.ClientURL(), UserFile: secretFile(t, "agent"), PasswordFile: secretFile(t, "a")}})
	appendResult(t, s, 0, "FAIL", nil)
	drained(t, s)
	hub := events.Hub{URL: g.server.ClientURL(), UserFile: secretFile(t, "u"), PasswordFile: secretFile(t, "right")}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	received, done := make(chan uint64, 10), make(chan events.Report, 1)
	go func() {
		report, err := events.Subscribe(ctx, hub, events.SubscribeOptions{All: true}, func(r events.Received) error {
			received <- r.Sequence
			if r.Sequence == 3 {
				cancel()
			}
			return nil
		})
		if err != nil {
			t.Errorf("subscribe: %v", err)
		}
		done <- report
	}()
	<-received
	g.admit(`users: [{user: agent, password: a}, {user: u, password: other}]`)
	appendResult(t, s, 1, "FAIL", nil)
	appendResult(t, s, 2, "FAIL", nil)
	g.refused()
	g.admit(right)
	if report := <-done; report.Events != 3 || report.Missing != 0 {
		t.Errorf("%+v, want 3 events and none missing", report)
	}
}
