package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pristine/events"
	"pristine/inspect"
	"pristine/internal/config"
	"pristine/web"
)

func TestMain(m *testing.M) {
	if err := os.Chdir(".."); err != nil { // models/ and configs/ lie there
		panic(err)
	}
	cache, err := os.MkdirTemp("", "agent")
	if err != nil {
		panic(err)
	}
	if err := os.Setenv("XDG_CACHE_HOME", cache); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(cache)
		os.Exit(code)
	}))
}

// running is an agent that runs in this process, and what it showed.
type running struct {
	*Agent
	t    *testing.T
	out  *screen
	stop context.CancelFunc
	done chan error
}

// settings returns the configuration of a text in YAML, with its data in dir, a
// page and an events server on free ports, and with what encoders returned in a cache
// that all tests share and no other run of them.
func settings(t *testing.T, dir, text string) *config.Config {
	t.Helper()
	c, err := config.Parse("edge.yaml", []byte("station: {name: test}\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	free := config.Listen{Host: "127.0.0.1", Port: "0"}
	c.Events.Dir, c.Events.Listen, c.HTTP.Listen = dir+"/events", free, free
	c.Model.CacheDir = filepath.Join(os.Getenv("XDG_CACHE_HOME"), "pristine")
	return c
}

// start runs an agent until its cameras are there; prepare changes it before. It
// is stopped at the test's end, unless the test does.
func start(t *testing.T, c *config.Config, prepare ...func(*Agent)) *running {
	t.Helper()
	return startWith(t, c, nil, prepare...)
}

// startWith is start that changes each camera before it runs.
func startWith(t *testing.T, c *config.Config, change func(*camera), prepare ...func(*Agent)) *running {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out := &screen{}
	r := &running{
		Agent: New(Options{Config: c, Version: "test", Log: slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug})), Terminal: out}),
		t:     t, out: out, stop: stop, done: make(chan error, 1),
	}
	r.prepare = change
	for _, change := range prepare {
		change(r.Agent)
	}
	go func() { r.done <- r.Run(ctx) }()
	t.Cleanup(func() { _ = r.end() })
	r.until("the agent to start", func() bool { return r.board.isOpen() && r.out.started() })
	return r
}

// end stops the agent and returns its error.
func (r *running) end() error {
	r.stop()
	select {
	case err := <-r.done:
		r.done <- err
		return err
	case <-time.After(time.Minute):
		r.t.Fatal("the agent does not stop")
		return nil
	}
}

// patient is how long a test waits for a condition: under the race detector, beside
// other packages, learning takes a minute or two.
const patient = 3 * time.Minute

// until waits for a condition.
func (r *running) until(what string, met func() bool) {
	r.t.Helper()
	deadline := time.Now().Add(patient)
	for !met() {
		select {
		case err := <-r.done:
			r.done <- err
			if met() {
				return
			}
			r.t.Fatalf("waiting for %s, the agent ended: %v\n%s", what, err, r.out)
		default:
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("waited in vain for %s\n%s", what, r.out)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// get returns the body of one of the page's addresses.
func (r *running) get(path string) string {
	r.t.Helper()
	return r.ask(http.MethodGet, path)
}

func (r *running) ask(method, path string) string {
	r.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, strings.TrimSuffix(r.board.url, "/")+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	request.Close = true // so that no connection outlives the test
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(body)
}

func (r *running) page() (s web.Status) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.get("/status")), &s); err != nil {
		r.t.Fatal(err)
	}
	return s
}

// read passes the agent's stored events to use until it reports done.
func (r *running) read(use func(events.Received) (done bool)) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	complete := false
	_, err := events.Subscribe(ctx, events.Hub{URL: r.store.URL()}, events.SubscribeOptions{All: true}, func(e events.Received) error {
		if complete = complete || use(e); complete {
			cancel()
		}
		return nil
	})
	if err != nil || !complete {
		r.t.Fatalf("the expected events did not come (%v)\n%s", err, r.out)
	}
}

// screen is a Terminal and a log that tests read.
type screen struct {
	mu      sync.Mutex
	text    bytes.Buffer
	shown   bool
	results []inspect.Result
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *screen) Say(format string, args ...any) { fmt.Fprintf(s, format+"\n", args...) }

func (s *screen) Progress(what string, done, total int) { s.Say("%s: %d of %d", what, done, total) }

func (s *screen) Result(r *inspect.Result, _ *Truth) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.results = append(s.results, *r)
}

// shownResults returns what Result was given so far.
func (s *screen) shownResults() []inspect.Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]inspect.Result(nil), s.results...)
}

func (s *screen) Start(func() Totals) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = true
}

func (s *screen) Finish() {}

func (s *screen) started() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown
}
