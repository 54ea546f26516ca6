package agent

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pristine/capture"
	"pristine/internal/problem"
	"pristine/web"
)

// ready are the facts of an agent without a problem.
func ready() facts {
	return facts{
		opened: true, model: web.Model{State: "READY", Provider: "cpu"}, disk: diskFacts{"data/events", 500 << 20, 256 << 20}, hub: hubFacts{url: "nats://plant:4222"},
		cameras: []cameraFacts{{Camera: &web.Camera{Name: "belt", Phase: "streaming"}}, {Camera: &web.Camera{Name: "lid", Phase: "streaming"}}},
	}
}

func TestCollect(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*facts)
		want   []string // code, camera, cause
	}{
		"none":          {func(*facts) {}, nil},
		"starting":      {func(f *facts) { *f = facts{model: web.Model{State: "LOADING"}} }, []string{"model_loading", "starting"}},
		"building":      {func(f *facts) { f.model.State, f.model.Reason = "BUILDING", "the CPU serves meanwhile" }, []string{"model_building"}},
		"degraded":      {func(f *facts) { f.model.State, f.model.Degraded = "DEGRADED", true }, []string{"provider_degraded"}},
		"unknown state": {func(f *facts) { f.model.State = "ASLEEP" }, []string{"model_loading"}},
		"camera waits":  {func(f *facts) { f.cameras[0].Phase, f.cameras[0].Cause = "waiting", "auth" }, []string{"camera_waiting belt auth"}},
		"and tries again": {func(f *facts) { f.cameras[0].Phase, f.cameras[0].Cause = "connecting", "tls" },
			[]string{"camera_waiting belt tls"}},
		"connects for the first time": {func(f *facts) { f.cameras[0].Phase = "connecting" }, nil},
		"ended too early":             {func(f *facts) { f.cameras[0].Phase, f.cameras[0].Cause = "ended", "codec" }, []string{"camera_ended belt codec"}},
		"ended":                       {func(f *facts) { f.cameras[0].Phase = "ended" }, nil},
		"invalid":                     {func(f *facts) { f.cameras[1].Last = &web.Flagged{Verdict: "INVALID", Reason: "black"} }, []string{"verdict_invalid lid black"}},
		"review":                      {func(f *facts) { f.cameras[1].Last = &web.Flagged{Verdict: "REVIEW", Reason: "unknown"} }, nil},
		"waiting hides invalid": {func(f *facts) {
			f.cameras[0].Phase, f.cameras[0].Cause, f.cameras[0].Last = "waiting", "dns", &web.Flagged{Verdict: "INVALID", Reason: "no_frame"}
		}, []string{"camera_waiting belt dns"}},
		"learning failed":   {func(f *facts) { f.cameras[0].learningFailed = "the camera has ended" }, []string{"learning_failed belt"}},
		"inspection failed": {func(f *facts) { f.cameras[0].failed = "x" }, []string{"inspection_failed belt"}},
		"learns": {func(f *facts) {
			f.cameras[0].Phase, f.cameras[0].Last = "learning", &web.Flagged{Verdict: "INVALID", Reason: "learning"}
		}, nil},
		"sets refused": {func(f *facts) { f.cameras[0].refused, f.cameras[0].shadowRefused = "line 1", "line 2" },
			[]string{"set_refused belt", "shadow_set_refused belt"}},
		"hub does not answer": {func(f *facts) { f.hub.failed, f.hub.cause = true, "timeout" }, []string{"hub_unreachable timeout"}},
		"hub refuses":         {func(f *facts) { f.hub.failed, f.hub.cause = true, "auth" }, []string{"hub_refusing auth"}},
		"disk full":           {func(f *facts) { f.disk.free = 100 << 20 }, []string{"disk_full"}},
		"disk not known yet":  {func(f *facts) { f.disk = diskFacts{} }, nil},
		"unstored":            {func(f *facts) { f.lost = 7 }, []string{"events_unstored"}},
		"everything at once": {func(f *facts) {
			f.hub.failed, f.hub.cause, f.disk.free, f.lost = true, "auth", 0, 1
			f.cameras[1].Phase, f.cameras[1].Cause = "waiting", "busy"
			f.cameras[0].refused, f.model.State = "x", "DEGRADED"
		}, []string{"camera_waiting lid busy", "provider_degraded", "hub_refusing auth", "disk_full", "events_unstored", "set_refused belt"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := ready()
			c.change(&f)
			var got []string
			keys := map[problem.Key]bool{}
			for _, p := range collect(&f) {
				got = append(got, strings.Join(strings.Fields(string(p.Code)+" "+p.Camera+" "+p.Cause), " "))
				if p.Text == "" || p.Remedy == "" || p.Severity == "" || strings.ContainsAny(p.Text, "\n\t") || keys[p.Key()] {
					t.Errorf("%+v: want a text of one line, a remedy and a severity, once for each camera", p)
				}
				keys[p.Key()] = true
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Every code of a hub's cause leads to one of two problems: it answers and
// refuses, or it does not answer.
func TestHubRefuses(t *testing.T) {
	for cause, want := range map[string]bool{
		"": false, "dns": false, "refused": false, "unreachable": false, "timeout": false, "disconnected": false,
		"auth": true, "other": true, "tls": true, "permission": true, "credentials": true, "address": true, "no_jetstream": true, "stream_missing": true, "stream_subjects": true,
		"stream_mirror": true, "stream_sealed": true, "stream_no_ack": true, "stream_full": true, "message_size": true, "limits": true,
	} {
		if got := hubRefuses(cause); got != want {
			t.Errorf("hubRefuses(%q) = %v, want %v", cause, got, want)
		}
	}
}

func TestCollect_LongTexts(t *testing.T) {
	f := ready()
	f.cameras[0].refused = "line 1: bad\n" + strings.Repeat("ä word ", 1000)
	if text := collect(&f)[0].Text; len([]rune(text)) > 600 || strings.Contains(text, "\n") || !strings.HasSuffix(text, "…") {
		t.Errorf("a long text becomes %d runes: %s; want len([]rune(text)) <= 600, not strings.Contains(text, \"\\n\"), strings.HasSuffix(text, \"…\")", len([]rune(text)), text)
	}
}

// The remedy of a camera that waits is that of its cause.
func TestCollect_RemedyOfTheCause(t *testing.T) {
	for _, c := range capture.Causes() {
		f := ready()
		f.cameras[0].Phase, f.cameras[0].Cause = "waiting", c.Code
		if p := collect(&f)[0]; p.Remedy != c.Remedy {
			t.Errorf("%s: got remedy %q, want %q", c.Code, p.Remedy, c.Remedy)
		}
	}
}

// A problem is announced once when it begins and once when it ends; one that
// comes and goes is announced at most once in the hold-off.
func TestTracker(t *testing.T) {
	const hold = time.Minute
	waits := problem.New(problem.CameraWaiting, "belt", "auth", "x")
	other := problem.New(problem.CameraWaiting, "lid", "auth", "x")
	for name, looks := range map[string][]struct {
		at           time.Duration
		there        []problem.Problem
		begun, ended int
	}{
		"begins, stays, ends": {{0, []problem.Problem{waits}, 1, 0}, {1, []problem.Problem{waits}, 0, 0}, {2, nil, 0, 1}, {3, nil, 0, 0}},
		"two cameras":         {{0, []problem.Problem{waits}, 1, 0}, {1, []problem.Problem{waits, other}, 1, 0}, {2, nil, 0, 2}},
		"comes and goes": {{0, []problem.Problem{waits}, 1, 0}, {1, nil, 0, 1}, {2, []problem.Problem{waits}, 0, 0}, {3, nil, 0, 0}, {4, []problem.Problem{waits}, 0, 0}, {5, nil, 0, 0},
			{61, []problem.Problem{waits}, 1, 0}, {62, nil, 0, 1}},
		"comes back and stays": {{0, []problem.Problem{waits}, 1, 0}, {1, nil, 0, 1}, {2, []problem.Problem{waits}, 0, 0}, {59, []problem.Problem{waits}, 0, 0}, {60, []problem.Problem{waits}, 1, 0}, {61, nil, 0, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Unix(1000, 0)
			tracker := newTracker(hold)
			for _, l := range looks {
				begun, ended := tracker.look(start.Add(l.at*time.Second), slices.Clone(l.there))
				if len(begun) != l.begun || len(ended) != l.ended {
					t.Errorf("after %d s: %d begun and %d ended, want %d and %d", l.at, len(begun), len(ended), l.begun, l.ended)
				}
			}
		})
	}
}

// Since is when a problem was first there, for the announcement and for who
// asks in between.
func TestTracker_Since(t *testing.T) {
	start := time.Unix(1000, 0)
	tracker := newTracker(time.Minute)
	there := func() []problem.Problem {
		return []problem.Problem{problem.New(problem.CameraWaiting, "belt", "auth", "x")}
	}
	asked := tracker.date(start, there())
	begun, _ := tracker.look(start.Add(time.Second), there())
	_, ended := tracker.look(start.Add(9*time.Second), nil)
	if !asked[0].Since.Equal(start) || !begun[0].Since.Equal(start) || len(ended) != 1 || !ended[0].Since.Equal(start) {
		t.Errorf("asked %v, begun %v, ended %v: want %v", asked, begun, ended, start)
	}
	if again := tracker.date(start.Add(20*time.Second), there()); !again[0].Since.Equal(start.Add(20 * time.Second)) {
		t.Errorf("a new problem has since %v", again[0].Since)
	}
}

func TestLossCounter(t *testing.T) {
	start := time.Unix(1000, 0)
	var l lossCounter
	for _, step := range []struct {
		at          time.Duration
		total, want uint64
	}{{0, 0, 0}, {1, 3, 3}, {30, 5, 5}, {89, 5, 5}, {91, 5, 0}, {100, 5, 0}, {101, 6, 1}, {102, 8, 3}, {200, 8, 0}} {
		now := start.Add(step.at * time.Second)
		l.note(now, step.total)
		if got := l.since(now.Add(-time.Minute)); got != step.want {
			t.Errorf("after %d s with %d in all: %d lost lately, want %d", step.at, step.total, got, step.want)
		}
	}
}
