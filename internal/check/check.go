package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"pristine/internal/config"
	"pristine/internal/signature"
)

// Level says how much a finding matters.
type Level string

// The levels of a finding.
const (
	Error   Level = "error"   // the configuration does not do what it says
	Warning Level = "warning" // it may be meant, or be right elsewhere or later
)

// Finding is something that is wrong with what a configuration names.
type Finding struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Key     string `json:"key,omitempty"`
	Level   Level  `json:"level"`
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Stops   bool   `json:"stops"` // the agent does not start with it
}

// String returns "file:line: key: message".
func (f Finding) String() string {
	key := ""
	if f.Key != "" {
		key = f.Key + ": "
	}
	return fmt.Sprintf("%s:%d: %s%s", f.File, f.Line, key, f.Message)
}

// Options say how far a check goes. A function that is nil is not called.
type Options struct {
	Starting bool // at an agent's start: without ports and folders, which may be free or there a moment later
	Ran      bool // an agent has run with this configuration: where a set is broken, its last good one starts

	Bundles func(dir, references string) error                // opens them; references may be ""
	Camera  func(ctx context.Context, c *config.Camera) error // opens it and reads a frame
	Hub     func(ctx context.Context, c *config.Config) error // connects and asks for JetStream
}

// hubLimit is how long the hub may take.
const hubLimit = 10 * time.Second

// Configuration checks what a configuration names. Findings come in the order of
// their lines.
func Configuration(ctx context.Context, file *config.File, o Options) []Finding {
	c := &checker{file: file, config: file.Resolved(), options: o, ports: map[string]string{}}
	if file.Empty() {
		s := c.config.Station
		c.warn(ConfigEmpty, "", "nothing is written in it: the agent would run the built-in camera as station %s/%s/%s: copy configs/edge.yaml, or see edge config explain", s.Site, s.Line, s.Name)
	}
	c.trust()
	c.model()
	c.store()
	for i := range c.config.Cameras {
		c.camera(fmt.Sprintf("cameras[%d]", i), &file.Config.Cameras[i], &c.config.Cameras[i])
	}
	c.hub()
	if !o.Starting {
		c.listen()
	}
	c.reach(ctx)
	slices.SortStableFunc(c.findings, func(a, b Finding) int { return a.Line - b.Line })
	return c.findings
}

type checker struct {
	file     *config.File
	config   *config.Config // resolved
	options  Options
	keys     *signature.Keys   // whose signatures count
	ports    map[string]string // address → key
	mu       sync.Mutex
	findings []Finding
}

func (c *checker) add(f Finding) {
	f.File, f.Line = c.file.Name, max(1, c.file.Line(f.Key))
	f.Message = strings.ReplaceAll(f.Message, "\n", "; ")
	c.mu.Lock()
	defer c.mu.Unlock()
	c.findings = append(c.findings, f)
}

// stop records a finding that keeps an agent from starting.
func (c *checker) stop(code Code, key, format string, args ...any) {
	c.add(Finding{Code: code, Key: key, Level: Error, Message: fmt.Sprintf(format, args...), Stops: !c.options.Ran || !strings.HasSuffix(key, ".prompts")})
}

func (c *checker) fail(code Code, key, format string, args ...any) {
	c.add(Finding{Code: code, Key: key, Level: Error, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) warn(code Code, key, format string, args ...any) {
	c.add(Finding{Code: code, Key: key, Level: Warning, Message: fmt.Sprintf(format, args...)})
}

// reach opens the cameras and the hub, all at once.
func (c *checker) reach(ctx context.Context) {
	var reaching sync.WaitGroup
	defer reaching.Wait()
	if c.options.Camera != nil {
		for i := range c.config.Cameras {
			camera, key := &c.config.Cameras[i], fmt.Sprintf("cameras[%d].source", i)
			reaching.Go(func() {
				limit := camera.OpenTimeout + camera.ReadTimeout
				if err := within(ctx, limit, func(ctx context.Context) error { return c.options.Camera(ctx, camera) }); err != nil {
					c.fail(CameraUnreachable, key, "%v", err)
				}
			})
		}
	}
	if c.options.Hub != nil && c.config.Events.Hub.URL.On() {
		reaching.Go(func() {
			if err := within(ctx, hubLimit, func(ctx context.Context) error { return c.options.Hub(ctx, c.config) }); err != nil {
				c.fail(HubUnreachable, "events.hub.url", "%v", err)
			}
		})
	}
}

// within calls a function and waits for it no longer than limit: one that hangs
// in a driver is left behind.
func within(ctx context.Context, limit time.Duration, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- call(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("no answer within %v", limit)
	}
}
