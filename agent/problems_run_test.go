package agent

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/sys/unix"

	"pristine/capture/opencv"
	"pristine/events"
	"pristine/internal/browser"
	"pristine/internal/config"
	"pristine/internal/need"
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

// networkCamera is a camera that serves MJPEG as its mode says.
type networkCamera struct {
	url  string
	mode atomic.Int32
}

const (
	serves int32 = iota
	unauthorized
	black
)

func newNetworkCamera(t *testing.T, mode int32) *networkCamera {
	t.Helper()
	const side = 128
	var pictures [][]byte
	for _, level := range []int{0, 2, 4, 6, 40, 80, 120, 160} { // four black ones, and four that are not
		jpeg, err := opencv.EncodeJPEG(bytes.Repeat([]byte{byte(level)}, 3*side*side), side, side, 90)
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, jpeg)
	}
	c := &networkCamera{}
	c.mode.Store(mode)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.mode.Load() == unauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="camera"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		parts := multipart.NewWriter(w)
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary="+parts.Boundary())
		pace := time.NewTicker(20 * time.Millisecond)
		defer pace.Stop()
		for i := 0; r.Context().Err() == nil && c.mode.Load() != unauthorized; i++ {
			jpeg := pictures[4+i%4]
			if c.mode.Load() == black {
				jpeg = pictures[i%4]
			}
			part, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {"image/jpeg"}, "Content-Length": {fmt.Sprint(len(jpeg))}})
			if err == nil {
				_, err = part.Write(jpeg)
			}
			if err != nil {
				return
			}
			w.(http.Flusher).Flush()
			<-pace.C
		}
	}))
	t.Cleanup(s.Close)
	c.url = strings.Replace(s.URL, "http://", "http://admin:hunter2@", 1) + "/stream.mjpg"
	return c
}

func (c *networkCamera) config(t *testing.T) string {
	return "cameras:\n  - {name: belt, source: '" + c.url + "', prompts: " + armed(t) + ", hold_off: 0s}\n"
}

func TestProblems_CameraRefusesCredentials(t *testing.T) {
	c := newNetworkCamera(t, unauthorized)
	r := watch(t, settings(t, t.TempDir(), c.config(t)))
	want := expected{problem.CameraWaiting, "belt", "auth", "user or password is not accepted (401)", 503, 503, 503}
	r.shown(want)
	r.event("the camera's state", func(e events.Received) bool {
		state, err := e.State()
		return err == nil && state.Subject == "camera" && state.State == "waiting" && state.Cause == "auth"
	})
	if strings.Contains(r.get("/status")+r.out.String(), "hunter2") {
		t.Errorf("the password is shown:\n%s", r.out)
	}
	c.mode.Store(serves)
	r.gone(want)
	r.answers(200, 200, 200)
}

func TestProblems_InvalidPictures(t *testing.T) {
	c := newNetworkCamera(t, black)
	r := watch(t, settings(t, t.TempDir(), c.config(t)))
	want := expected{problem.VerdictInvalid, "belt", "black", "INVALID: black", 503, 200, 503}
	r.shown(want)
	c.mode.Store(serves)
	r.gone(want)
	r.answers(200, 200, 200)
}

func TestProblems_SetRefused(t *testing.T) {
	file := armed(t)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := watch(t, settings(t, t.TempDir(), "cameras:\n  - {name: belt, source: 'testline://?fps=10', prompts: "+file+"}\n"))
	r.answers(200, 200, 200)
	if err := os.WriteFile(file, []byte("name: part\nobjekt: part\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := expected{problem.SetRefused, "belt", "", "objekt", 503, 200, 200}
	r.shown(want)
	if err := os.WriteFile(file, good, 0o600); err != nil {
		t.Fatal(err)
	}
	r.gone(want)
	r.answers(200, 200, 200)
}

func TestProblems_ProviderDegraded(t *testing.T) {
	r := watch(t, settings(t, t.TempDir(), "model: {providers: [tensorrt, cpu], policy: fallback}\n"+belt(t)))
	r.shown(expected{problem.ProviderDegraded, "", "", "the model runs on cpu", 503, 200, 200})
}

func TestProblems_LearningFailed(t *testing.T) {
	short := t.TempDir()
	jpeg, err := opencv.EncodeJPEG(bytes.Repeat([]byte{90, 120, 150}, 128*128), 128, 128, 90)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(short, "a.jpg"), jpeg, 0o600); err != nil {
		t.Fatal(err)
	}
	r := watch(t, settings(t, t.TempDir(), belt(t)+"  - {name: short, source: '"+short+"', policy: every, prompts: "+armed(t)+", learn_parts: 8}\n"))
	r.shown(expected{problem.LearningFailed, "short", "", "the camera ended after 1 of 8 parts", 503, 503, 503})
	r.until("the other station to be fit", func() bool { return r.code("/fitz?station=belt") == 200 })
	if code := r.code("/fitz?station=short"); code != 503 {
		t.Errorf("/fitz of the station that did not learn gives %d, want 503", code)
	}
}

// Learning that is asked for again ends the problem.
func TestProblems_LearningFailedRecovers(t *testing.T) {
	r := watch(t, settings(t, t.TempDir(), "cameras:\n  - {name: belt, source: 'testline://?fps=20&speed=200', prompts: "+armed(t)+", learn_parts: 6, challenge: {size: 0}}\n"))
	k := r.cameras[0]
	r.until("learning to begin", k.learnsSome)
	k.failToLearn()
	want := expected{problem.LearningFailed, "belt", "", "learning good parts failed", 503, 503, 503}
	r.shown(want)
	ask(t, r.running, "learn", nil)
	r.gone(want)
	r.answers(200, 200, 200)
}

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
	s.Shutdown()
	s.WaitForShutdown()
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

// onSmallDisk runs an agent with its events on a disk of 400 MB. fill leaves a
// share of the reserve free, until the returned function is called.
func onSmallDisk(t *testing.T) (r *watched, fill func(share float64) (clean func())) {
	t.Helper()
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=400m"); err != nil {
		need.Missing(t, "root, to make a small disk: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(disk, unix.MNT_DETACH) })
	r = watch(t, settings(t, disk, belt(t)), func(a *Agent) { a.watcher.lostLast = 3 * time.Second })
	r.answers(200, 200, 200)
	return r, func(share float64) func() {
		hog, err := os.Create(filepath.Join(disk, "hog"))
		if err != nil {
			t.Fatal(err)
		}
		free, reserve := r.store.Space()
		if err := unix.Fallocate(int(hog.Fd()), 0, 0, free-int64(share*float64(reserve))); err != nil {
			t.Fatal(err)
		}
		return func() {
			if err := hog.Close(); err != nil {
				t.Error(err)
			}
			if err := os.Remove(hog.Name()); err != nil {
				t.Error(err)
			}
		}
	}
}

var (
	diskFull = expected{problem.DiskFull, "", "", "less than the 256 MB that stay free", 503, 200, 200}
	unstored = expected{problem.EventsUnstored, "", "", "could not be stored and", 503, 200, 200}
)

// Below the reserve of a real disk, events of PASS are refused. Alarms go on,
// and both problems end once there is space.
func TestProblems_FullDisk(t *testing.T) {
	r, fill := onSmallDisk(t)
	clean := fill(0.75)
	r.shown(diskFull)
	r.until("lost events", func() bool { return strings.Contains(r.get("/metrics"), `code="events_unstored"`) })
	r.answers(503, 200, 200)
	clean()
	r.gone(diskFull)
	r.gone(unstored)
	r.answers(200, 200, 200)
}

// A store that refuses alarms, too, gets them when there is space again: once
// each, and in order.
func TestProblems_FullDiskRefusesAlarms(t *testing.T) {
	r, fill := onSmallDisk(t)
	clean := fill(0.1)
	r.until("both problems", func() bool {
		metrics := r.get("/metrics")
		return strings.Contains(metrics, `code="disk_full"`) && strings.Contains(metrics, `code="events_unstored"`)
	})
	r.until("both lines on the terminal", func() bool {
		return strings.Contains(r.out.String(), diskFull.text) && strings.Contains(r.out.String(), unstored.text)
	})
	before := r.out.String()
	clean()
	r.gone(diskFull)
	r.gone(unstored)
	if strings.Contains(before, "resolved after") {
		t.Errorf("a problem ended before there was space:\n%s", before)
	}
}

// An agent whose store is closed is not live.
func TestLive_ClosedStore(t *testing.T) {
	r := start(t, settings(t, t.TempDir(), belt(t)))
	if err := r.live(t.Context()); err != nil {
		t.Errorf("live gives %v, want nil while the store is open", err)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	if err := r.live(t.Context()); err == nil || !strings.Contains(err.Error(), "the event store does not answer") {
		t.Errorf("live gives %v, want that the store does not answer", err)
	}
}

// An agent that starts on a full disk inspects, and says so; that it started is an event
// once there is space.
func TestProblems_StartsOnAFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=400m"); err != nil {
		need.Missing(t, "root, to make a small disk: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(disk, unix.MNT_DETACH) })
	hog := filepath.Join(disk, "hog")
	if err := os.WriteFile(hog, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(hog, os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := unix.Fallocate(int(f.Fd()), 0, 0, 340<<20); err != nil {
		t.Fatal(err)
	}
	r := watch(t, settings(t, disk, belt(t)), func(a *Agent) { a.watcher.lostLast = 3 * time.Second })
	r.until("a scored frame", func() bool { s := r.page(); return len(s.Cameras) == 1 && s.Cameras[0].Scored > 0 })
	r.until("the full disk", func() bool { return strings.Contains(r.get("/metrics"), `code="disk_full"`) })
	if err := os.Remove(hog); err != nil {
		t.Fatal(err)
	}
	f.Close()
	r.event("the start", func(e events.Received) bool {
		state, err := e.State()
		return err == nil && state.Subject == "agent" && state.State == "started"
	})
	r.until("no problem", func() bool { return len(r.page().Problems) == 0 })
}
