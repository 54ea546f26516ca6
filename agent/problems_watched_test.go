package agent

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"pristine/events"
	"pristine/internal/browser"
	"pristine/internal/config"
	"pristine/internal/problem"
)

// expected is a problem that a test causes, and what the health endpoints
// answer meanwhile.
type expected struct {
	code                  problem.Code
	camera, cause         string
	text                  string // a part of it
	healthz, readyz, fitz int
}

// watched is an agent whose events a subscriber receives while it runs: a store
// that is short of space keeps none for later.
type watched struct {
	*running
	mu     sync.Mutex
	events []events.Received
}

// watch starts an agent and a subscriber.
func watch(t *testing.T, c *config.Config, prepare ...func(*Agent)) *watched {
	t.Helper()
	w := &watched{running: start(t, c, prepare...)}
	ctx, cancel := context.WithCancel(context.Background())
	var subscribed sync.WaitGroup
	subscribed.Go(func() {
		_, err := events.Subscribe(ctx, events.Hub{URL: w.store.URL()}, events.SubscribeOptions{All: true}, func(e events.Received) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.events = append(w.events, e)
			return nil
		})
		if err != nil && ctx.Err() == nil {
			t.Errorf("subscribe: %v", err)
		}
	})
	t.Cleanup(func() { cancel(); subscribed.Wait() })
	return w
}

// event waits until one of the events, from the first, is the one looked for.
func (r *watched) event(what string, is func(events.Received) bool) {
	r.t.Helper()
	next := 0
	r.until(what, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		for ; next < len(r.events); next++ {
			if is(r.events[next]) {
				return true
			}
		}
		return false
	})
}

// shown waits for a problem, and checks every place that shows it: status, page,
// metrics, alarm event, terminal, log and the health endpoints.
func (r *watched) shown(want expected) {
	r.t.Helper()
	var p problem.Problem
	r.until(string(want.code), func() bool {
		for _, one := range r.page().Problems {
			if one.Code == want.code && one.Camera == want.camera && one.Cause == want.cause {
				p = one
				return true
			}
		}
		return false
	})
	if p.Severity != problem.New(want.code, "", "", "").Severity || p.Remedy == "" || p.Since.IsZero() || !strings.Contains(p.Text, want.text) {
		r.t.Errorf("the status has %+v, want the severity of its code, a remedy, a time, and %q in its text", p, want.text)
	}
	line := fmt.Sprintf("pristine_problem{camera=%q,code=%q,severity=%q} 1\n", want.camera, want.code, p.Severity)
	if metrics := r.get("/metrics"); !strings.Contains(metrics, line) {
		r.t.Errorf("the metrics lack %s", line)
	}
	if want.code == problem.CameraWaiting {
		if line := fmt.Sprintf("pristine_camera_waiting{camera=%q,cause=%q} 1\n", want.camera, want.cause); !strings.Contains(r.get("/metrics"), line) {
			r.t.Errorf("the metrics lack %s", line)
		}
	}
	if dom := r.dom(); !strings.Contains(dom, "<strong>"+string(p.Severity)+"</strong>") || !strings.Contains(dom, ">"+string(want.code)) {
		r.t.Errorf("the page does not show %s as %s:\n%s", want.code, p.Severity, dom)
	}
	r.event("the alarm", func(e events.Received) bool {
		alarm, err := e.Alarm()
		if err != nil || alarm.Name != string(want.code) || alarm.Severity == "" {
			return false
		}
		if alarm.Severity != string(p.Severity) || alarm.Camera != want.camera || alarm.Cause != want.cause || alarm.Since == nil ||
			!strings.Contains(alarm.Detail, want.text) || !strings.HasSuffix(alarm.Detail, " Try: "+p.Remedy) {
			r.t.Errorf("the alarm is %+v, want %+v with its remedy", alarm, p)
		}
		return true
	})
	said := regexp.MustCompile(fmt.Sprintf(`(?m)^%s: .*%s.* Try: %s$`, p.Severity, regexp.QuoteMeta(want.text), regexp.QuoteMeta(p.Remedy)))
	if n := len(said.FindAllString(r.out.String(), -1)); n != 1 {
		r.t.Errorf("the terminal says %d times what %s matches, want once:\n%s", n, said, r.out)
	}
	if logged := "msg=problem code=" + string(want.code); strings.Count(r.out.String(), logged) != 1 {
		r.t.Errorf("the log must have once %q:\n%s", logged, r.out)
	}
	r.answers(want.healthz, want.readyz, want.fitz)
}

// gone waits until a problem has ended everywhere, and checks that it was
// announced once.
func (r *watched) gone(want expected) {
	r.t.Helper()
	r.until("the end of "+string(want.code), func() bool {
		for _, p := range r.page().Problems {
			if p.Code == want.code {
				return false
			}
		}
		return true
	})
	if metrics := r.get("/metrics"); strings.Contains(metrics, fmt.Sprintf("code=%q", want.code)) {
		r.t.Errorf("the metrics still have %s", want.code)
	}
	var alarms int
	r.event("the end", func(e events.Received) bool {
		if alarm, err := e.Alarm(); err == nil && alarm.Name == string(want.code) && alarm.Severity != "" {
			alarms++
		}
		state, err := e.State()
		if err != nil || state.State != events.StateResolved || state.Problem != string(want.code) {
			return false
		}
		name, subject := want.camera, "camera"
		if name == "" {
			name, subject = "test", "agent"
		}
		if state.Name != name || state.Subject != subject || state.Cause != want.cause || state.Counts["lasted_ms"] == 0 {
			r.t.Errorf("the end is %+v, want that of %+v and how long it lasted", state, want)
		}
		return true
	})
	if alarms != 1 {
		r.t.Errorf("%d alarms of %s, want one", alarms, want.code)
	}
	if out := r.out.String(); !strings.Contains(out, "\nresolved after ") || strings.Count(out, `msg="problem ended" code=`+string(want.code)) != 1 {
		r.t.Errorf("terminal and log must say once that it ended:\n%s", out)
	}
}

// answers waits until the health endpoints answer so.
func (r *watched) answers(healthz, readyz, fitz int) {
	r.t.Helper()
	for path, want := range map[string]int{"/healthz": healthz, "/readyz": readyz, "/fitz": fitz, "/livez": 200} {
		r.until(fmt.Sprintf("%d from %s", want, path), func() bool { return r.code(path) == want })
	}
}

func (r *watched) code(path string) int {
	r.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, strings.TrimSuffix(r.board.url, "/")+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// dom is the page as Chromium builds it.
func (r *watched) dom() string {
	r.t.Helper()
	b := browser.Open(r.t)
	b.Run(r.t, chromedp.Navigate(r.board.url))
	b.Until(r.t, `document.querySelector("#problems li")`)
	return browser.Value[string](r.t, b, "document.documentElement.outerHTML")
}

// armed writes a prompt set that is armed by hand, so that /fitz can be 200.
// The set compares at detail 1: these tests show many frames, and what the whole
// picture alone does not see.
func armed(t *testing.T) (file string) {
	t.Helper()
	set, err := os.ReadFile("configs/prompts/part.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "set.yaml")
	if err := os.WriteFile(file, append(set, "\narm: true\ndetail: 1\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// belt is the configuration of one camera with an armed set that inspects.
func belt(t *testing.T) string {
	return "cameras:\n  - {name: belt, source: 'testline://?fps=10', prompts: " + armed(t) + "}\n"
}
