package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"

	"pristine/events"
	"pristine/events/natsserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var station = events.Station{Site: "plant", Line: "line-1", Name: "s1"}

// line is an agent with one camera, whose sets are good unless they say bad.
type line struct {
	mu    sync.Mutex
	armed uint64
	set   string
}

func (l *line) Inspect(ctx context.Context, camera, part string, jpeg []byte) (*events.Result, error) {
	switch string(jpeg) {
	case "slow":
		<-ctx.Done()
		return nil, ctx.Err()
	case "wrong":
		return nil, fmt.Errorf("%w: no picture", ErrRequest)
	case "broken":
		return nil, errors.New("the model is not ready")
	}
	return &events.Result{Camera: camera, Part: part, Verdict: "PASS", Detail: string(jpeg)}, nil
}

func (l *line) Status() events.State {
	return events.State{Subject: "agent", Name: "s1", State: events.StateHeartbeat}
}

// Evaluate answers with what it was given to see, and with how many bytes.
func (l *line) Evaluate(ctx context.Context, _ string, pictures []Labelled) (any, error) {
	seen := map[string]int{}
	for _, p := range pictures {
		jpeg, err := p.JPEG(ctx)
		if err != nil {
			return nil, err
		}
		if string(jpeg) == "slow" {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		seen[fmt.Sprintf("%s %v %s", p.Name, p.Bad, p.Defect)] = len(jpeg)
	}
	return seen, nil
}

func (l *line) Snapshot(context.Context, string) ([]byte, error) { return []byte("jpeg"), nil }
func (l *line) Wish(string) uint64                               { return 0 }

func (l *line) Learn(context.Context, string) error { return nil }

func (l *line) Reload(context.Context, string) error { return nil }
func (l *line) Cameras() []string                    { return []string{"belt"} }
func (l *line) Validate(_ context.Context, _ string, set []byte) error {
	if strings.Contains(string(set), "bad") {
		return errors.New("set.yaml:1: objct: unknown key: did you mean object?")
	}
	return nil
}

func (l *line) Lint(_ context.Context, _ string, set []byte) ([]string, error) {
	switch {
	case strings.Contains(string(set), "unsure"):
		return nil, errors.New("the model is not ready")
	case strings.Contains(string(set), "doubtful"):
		return make([]string, maxWarnings+3), nil
	}
	return nil, nil
}

func (l *line) Arm(_ context.Context, _ string, p Pushed, set []byte) error {
	revision := p.Revision
	l.mu.Lock()
	defer l.mu.Unlock()
	l.armed, l.set = revision, string(set)
	return nil
}

func (l *line) Armed(string) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.armed
}

func startHub(t *testing.T, dir string, port int) *server.Server {
	t.Helper()
	hub, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, StoreDir: dir, JetStream: true, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	go hub.Start()
	if !hub.ReadyForConnections(30 * time.Second) {
		t.Fatal("the hub does not start")
	}
	t.Cleanup(func() { natsserver.Stop(hub) })
	return hub
}

func to(url string) func() (*nats.Conn, error) {
	return func() (*nats.Conn, error) { return (&events.Hub{URL: url}).Connect(true) }
}

func serve(t *testing.T, o Options) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := Serve(ctx, o); !errors.Is(err, context.Canceled) {
			t.Errorf("serve: %v", err)
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
}

// ask sends a request until somebody answers.
func ask(t *testing.T, conn *nats.Conn, verb, body string) *nats.Msg {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		m := nats.NewMsg("qc.svc." + station.Token() + "." + verb)
		m.Data = []byte(body)
		m.Header.Set("Qc-Part", "p1")
		answer, err := conn.RequestMsg(m, 10*time.Second)
		if err == nil {
			return answer
		}
		if time.Now().After(deadline) || !errors.Is(err, nats.ErrNoResponders) {
			t.Fatalf("%s: %v", verb, err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// A request is answered within its Deadline, with a verdict or with why there
// is none.
func TestARequestIsAnsweredWithinItsDeadline(t *testing.T) {
	hub := startHub(t, t.TempDir(), server.RANDOM_PORT)
	serve(t, Options{Connect: to(hub.ClientURL()), Station: station, Agent: &line{}, Deadline: 300 * time.Millisecond})
	conn, err := nats.Connect(hub.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var result events.Result
	if err := json.Unmarshal(ask(t, conn, "inspect", "picture").Data, &result); err != nil || result.Part != "p1" || result.Verdict != "PASS" || result.Detail != "picture" {
		t.Errorf(`%+v, %v; want err == nil, result.Part == "p1", result.Verdict == "PASS", result.Detail == "picture"`, result, err)
	}
	if err := json.Unmarshal(ask(t, conn, "inspect", "now").Data, &result); err != nil || result.Detail != "" && result.Detail != "picture" {
		t.Errorf("%+v, %v", result, err)
	}
	for body, code := range map[string]string{"slow": "504", "wrong": "400", "broken": "500"} {
		if got := ask(t, conn, "inspect", body).Header.Get("Nats-Service-Error-Code"); got != code {
			t.Errorf("%s gave code %q", body, got)
		}
	}
	if got := ask(t, conn, "snapshot", ""); string(got.Data) != "jpeg" {
		t.Errorf("%q", got.Data)
	}
	for _, verb := range []string{"status", "reload"} {
		if got := ask(t, conn, verb, ""); !json.Valid(got.Data) {
			t.Errorf("%s: %q", verb, got.Data)
		}
	}
	// The nats CLI sees it.
	out, err := exec.Command("../../.deps/bin/nats", "--server", hub.ClientURL(), "micro", "ls").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "qc-agent") {
		t.Errorf("nats micro ls: %v: %s: scripts/setup.sh test builds it", err, out)
	}
}

// Requests that are too large or too many are refused and counted.
func TestRequestsThatAreTooLargeOrTooManyAreRefusedAndCounted(t *testing.T) {
	hub, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, StoreDir: t.TempDir(), JetStream: true, NoLog: true, NoSigs: true, MaxPayload: MaxRequestBytes + 1024, MaxPending: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	go hub.Start()
	if !hub.ReadyForConnections(30 * time.Second) {
		t.Fatal("the hub does not start")
	}
	t.Cleanup(func() { natsserver.Stop(hub) })
	counts := &Counts{}
	serve(t, Options{Connect: to(hub.ClientURL()), Station: station, Agent: &line{}, Rate: 3, Counts: counts})
	conn, err := nats.Connect(hub.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := ask(t, conn, "inspect", strings.Repeat("x", MaxRequestBytes+1)).Header.Get("Nats-Service-Error-Code"); got != "413" {
		t.Errorf("a request that is too large gave code %q", got)
	}
	many := 0
	for range 20 {
		if ask(t, conn, "status", "").Header.Get("Nats-Service-Error-Code") == "429" {
			many++
		}
	}
	if many == 0 || counts.Refused.Load() != uint64(many)+1 {
		t.Errorf("%d requests were too many, %d are counted", many, counts.Refused.Load())
	}
}

// A set goes from staged to acknowledged to armed, and back; a set that the
// agent refuses is never armed; what was pushed while the hub or the agent was
// away is found.
func TestAPromptSetGoesFromStagedToArmedAndBack(t *testing.T) {
	dir := t.TempDir()
	hub := startHub(t, dir, server.RANDOM_PORT)
	port := hub.Addr().(*net.TCPAddr).Port
	url, agent := hub.ClientURL(), &line{}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	p, err := OpenPusher(ctx, events.Hub{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	push := func(set, want string) uint64 {
		t.Helper()
		revision, err := p.Push(ctx, station, "belt", []byte(set))
		if err != nil {
			t.Fatal(err)
		}
		status, err := p.Await(ctx, station, "belt", revision, "acknowledged")
		if err != nil || status.State != want {
			t.Fatalf("%s: %+v, %v", set, status, err)
		}
		return revision
	}
	arm := func(revision uint64, want string) *SetStatus {
		t.Helper()
		if err := p.Arm(ctx, station, "belt", revision, "anna"); err != nil {
			t.Fatal(err)
		}
		status, err := p.Await(ctx, station, "belt", revision, "armed")
		if err != nil || status.State != want {
			t.Fatalf("%d: %+v, %v", revision, status, err)
		}
		return status
	}
	away, err := p.Push(ctx, station, "belt", []byte("one")) // before the agent is there
	if err != nil {
		t.Fatal(err)
	}
	serve(t, Options{Connect: to(url), Station: station, Agent: agent})
	if status, err := p.Await(ctx, station, "belt", away, "acknowledged"); err != nil || agent.Armed("belt") != 0 {
		t.Fatalf("%+v, %v", status, err)
	}
	arm(away, "armed")
	bad := push("bad", "refused")
	if status := arm(bad, "refused"); !strings.Contains(status.Reason, "unknown key") || agent.Armed("belt") != away {
		t.Errorf("%+v, armed %d", status, agent.Armed("belt"))
	}
	if status := arm(99999, "refused"); status.Armed != away {
		t.Errorf("%+v", status)
	}
	for set, want := range map[string]string{"doubtful": "and 3 more", "unsure": "not checked"} {
		push(set, "acknowledged")
		status, err := p.Status(ctx, station, "belt")
		if err != nil || len(status.Warnings) == 0 || !strings.Contains(status.Warnings[len(status.Warnings)-1], want) {
			t.Errorf("%s: %+v, %v; want err == nil, len(status.Warnings) != 0, strings.Contains(status.Warnings[len(status.Warnings)-1], want)", set, status, err)
		}
	}
	two := push("two", "acknowledged")
	arm(two, "armed")
	// The hub goes and comes back with its store: the agent's watcher is gone.
	natsserver.Stop(hub)
	startHub(t, dir, port)
	for {
		if _, err := p.Status(ctx, station, "belt"); err == nil {
			break
		} else if ctx.Err() != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	three := push("three", "acknowledged")
	arm(three, "armed")
	back, err := p.Rollback(ctx, station, "belt", "anna")
	if err != nil || back != two {
		t.Fatalf("%d, %v", back, err)
	}
	if status, err := p.Await(ctx, station, "belt", two, "armed"); err != nil || status.State != "armed" || agent.set != "two" {
		t.Errorf(`%+v, %v, %s; want err == nil, status.State == "armed", agent.set == "two"`, status, err, agent.set)
	}
	if _, err := p.Push(ctx, station, "belt.../../x", []byte("one")); err == nil {
		t.Error("a set was pushed to another key than a camera's")
	}
	if _, err := p.Push(ctx, station, "belt", make([]byte, events.MaxSetBytes+1)); err == nil {
		t.Error("a set that is too large was pushed")
	}
}
