package presence

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"pristine/events"
	"pristine/events/natsserver"
)

var station = events.Station{Site: "plant", Line: "line-1", Name: "s1"}

const heartbeat = time.Second

// TestMain becomes a station that announces itself where the environment says so: a
// test kills that process.
func TestMain(m *testing.M) {
	if url := os.Getenv("PRISTINE_CHILD_HUB"); url != "" {
		h := events.Hub{URL: url}
		Announce(context.Background(), Options{Connect: h.Agent, Station: station, Heartbeat: heartbeat})
		return
	}
	goleak.VerifyTestMain(m)
}

// hub starts a nats-server from a configuration's text.
func hub(t *testing.T, dir string, port int, more string) *server.Server {
	t.Helper()
	file := filepath.Join(t.TempDir(), "hub.conf")
	if err := os.WriteFile(file, []byte(more), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := server.ProcessConfigFile(file)
	if err != nil {
		t.Fatal(err)
	}
	o.Host, o.Port, o.StoreDir, o.JetStream, o.NoLog, o.NoSigs = "127.0.0.1", port, dir, true, true, true
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("the hub does not start")
	}
	t.Cleanup(func() { stop(s) })
	return s
}

func stop(s *server.Server) { natsserver.Stop(s) }

// announce announces the station until the returned function is called.
func announce(t *testing.T, url string, onState func(error)) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	h := events.Hub{URL: url}
	go func() {
		defer close(done)
		Announce(ctx, Options{Connect: h.Agent, Station: station, Version: "1", Heartbeat: heartbeat, OnState: onState})
	}()
	end = func() { cancel(); <-done }
	t.Cleanup(end)
	return end
}

// watch returns the changes that a subscriber sees.
func watch(t *testing.T, url string) <-chan Change {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	changes, done := make(chan Change, 100), make(chan struct{})
	go func() {
		defer close(done)
		Watch(ctx, events.Hub{URL: url}, func(c Change) { changes <- c }, func(err error) { t.Logf("watch: %v", err) })
	}()
	t.Cleanup(func() { cancel(); <-done })
	return changes
}

// await waits for the next change, which must be this one.
func await(t *testing.T, changes <-chan Change, want State, limit time.Duration) Change {
	t.Helper()
	select {
	case c := <-changes:
		if c.State != want || c.Station != station.Token() {
			t.Fatalf("got %+v, want %s to be %s", c, station.Token(), want)
		}
		return c
	case <-time.After(limit):
		t.Fatalf("not %s within %s", want, limit)
	}
	return Change{}
}

// jetStream connects to a hub until the test ends.
func jetStream(t *testing.T, url string) jetstream.JetStream {
	t.Helper()
	h := events.Hub{URL: url}
	conn, err := h.Connect(false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := h.JetStream(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// listed waits until a list has the station in a state.
func listed(t *testing.T, url string, want State) Change {
	t.Helper()
	js := jetStream(t, url)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var found map[string]Change
	var err error
	for ; ctx.Err() == nil; pause(ctx, 10*time.Millisecond) {
		if found, err = List(ctx, js); err == nil && found[station.Token()].State == want {
			return found[station.Token()]
		}
	}
	t.Fatalf("got %+v, %v; want %s", found, err, want)
	return Change{}
}

// renewed waits until the station's key was put after a time.
func renewed(t *testing.T, url string, after time.Time) {
	t.Helper()
	js := jetStream(t, url)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for ; ctx.Err() == nil; pause(ctx, 10*time.Millisecond) {
		if kv, err := js.KeyValue(ctx, Bucket); err == nil {
			if entry, err := kv.Get(ctx, station.Token()); err == nil && entry.Created().After(after) {
				return
			}
		}
	}
	t.Fatal("the station did not announce itself again")
}

func TestAnnounce_KilledStationIsGoneWithinThreeHeartbeats(t *testing.T) {
	url := hub(t, t.TempDir(), server.RANDOM_PORT, "").ClientURL()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "PRISTINE_CHILD_HUB="+url)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Wait() })
	listed(t, url, Present)
	changes := watch(t, url)
	if c := await(t, changes, Present, 10*time.Second); !c.Initial {
		t.Errorf("got %+v, want it to be initial", c)
	}
	killed := time.Now()
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c := await(t, changes, Gone, 10*time.Second)
	if took := time.Since(killed); took > 3*heartbeat || c.Initial {
		t.Errorf("gone after %s (%+v), want at most %s", took, c, 3*heartbeat)
	}
	if c := listed(t, url, Gone); c.Since.Before(killed.Add(-heartbeat)) || c.Since.After(time.Now()) {
		t.Errorf("gone since %s, want after %s", c.Since, killed)
	}
}

func TestAnnounce_StoppedStation(t *testing.T) {
	url := hub(t, t.TempDir(), server.RANDOM_PORT, "").ClientURL()
	end := announce(t, url, nil)
	if c := listed(t, url, Present); c.Version != "1" || c.Since.IsZero() {
		t.Errorf("got %+v, want version 1 and when it started", c)
	}
	changes := watch(t, url)
	await(t, changes, Present, 10*time.Second)
	end()
	if c := await(t, changes, Stopped, 10*time.Second); c.Since.IsZero() {
		t.Errorf("got %+v, want since when", c)
	}
	announce(t, url, nil)
	await(t, changes, Present, 10*time.Second)
}

// The subscriber sees the station again after a restart, also of a hub that forgot all.
func TestAnnounce_HubRestarts(t *testing.T) {
	for name, dirs := range map[string]func(string) string{
		"same store":  func(dir string) string { return dir },
		"empty store": func(string) string { return t.TempDir() },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			first := hub(t, dir, server.RANDOM_PORT, "")
			url, port := first.ClientURL(), first.Addr().(*net.TCPAddr).Port
			end := announce(t, url, nil)
			changes := watch(t, url)
			await(t, changes, Present, 20*time.Second)
			stop(first)
			restarted := time.Now()
			hub(t, dirs(dir), port, "")
			renewed(t, url, restarted)
			end()
			for deadline := time.After(20 * time.Second); ; {
				select {
				case c := <-changes:
					if c.State != Stopped {
						continue // gone for a moment, and present again
					}
				case <-deadline:
					t.Fatal("the subscriber did not learn that the station stopped after the restart")
				}
				break
			}
		})
	}
}

// A hub that does not permit it is told once.
func TestAnnounce_HubForbidsIt(t *testing.T) {
	url := hub(t, t.TempDir(), server.RANDOM_PORT, `authorization {users: [{user: a, password: b, permissions: {publish: ["qc.>"], subscribe: [">"]}}]}`).ClientURL()
	url = strings.Replace(url, "nats://", "nats://a:b@", 1)
	said := make(chan error, 100)
	end := announce(t, url, func(err error) { said <- err })
	var first error
	select {
	case first = <-said:
	case <-time.After(20 * time.Second):
		t.Fatal("the refusal was not told")
	}
	var cause *events.HubError
	if !errors.As(first, &cause) || cause.Code != events.HubPermission {
		t.Errorf("got %v, want a HubError with code %s", first, events.HubPermission)
	}
	select {
	case again := <-said:
		t.Errorf("told twice: %v, then %v", first, again)
	case <-time.After(12 * time.Second): // more than two further attempts
	}
	end()
}

// A bucket without markers cannot say that a station is gone.
func TestAnnounce_BucketWithoutMarkers(t *testing.T) {
	s := hub(t, t.TempDir(), server.RANDOM_PORT, "")
	h := events.Hub{URL: s.ClientURL()}
	conn, err := h.Connect(false)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := h.JetStream(conn)
	if err != nil {
		t.Fatal(err)
	}
	c := Config()
	c.LimitMarkerTTL = 0
	if _, err := js.CreateKeyValue(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	said := make(chan error, 100)
	announce(t, s.ClientURL(), func(err error) { said <- err })
	select {
	case err := <-said:
		if !errors.Is(err, ErrUnsupported) {
			t.Errorf("got %v, want %v", err, ErrUnsupported)
		}
	case <-time.After(20 * time.Second):
		t.Error("nothing was told")
	}
}
