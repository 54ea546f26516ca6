package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"

	"pristine/internal/problem"
	"pristine/telemetry/metrics"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func example() Status {
	defect := 0.93
	last := Flagged{ID: "belt", Time: time.Unix(1, 0), Camera: "belt", Part: "lid-7", Verdict: "FAIL", Likeliest: "scratch", Severity: "critical", Defect: &defect}
	hostile := last
	hostile.ID, hostile.Part = "1", `<img src=x onerror="document.title='owned'">`
	return Status{
		Station: "plant/line-1/s1", Version: "v1", Model: Model{Bundle: "pocket", State: "BUILDING", Provider: "cpu"}, Problems: []problem.Problem{},
		Cameras: []Camera{{
			Name: "belt", Phase: "streaming", PromptSet: "lid", Shadow: true, Frames: 9, Scored: 8, Dropped: 3, DroppedBy: map[string]uint64{"overwritten": 1, "pace": 0, "gate": 2, "stale": 0},
			Verdicts: map[string]uint64{"PASS": 5, "FAIL": 1}, Severities: Severities{"FAIL": {"critical": 1}}, Last: &last, Triggers: &Triggers{Accepted: 3, Missed: 1}, VerdictAge: aged(), Waiting: 2, HeldOff: 4, Alarms: &ChartAlarms{MarginDrift: true},
		}},
		Events: Events{
			Sequence: 9, Backlog: 3, Forwarded: 6, HubCode: "dns", Forgotten: 8, Requests: 9, RequestsRefused: 1,
			Store: Store{
				Bytes: 1000, EvidenceBytes: 2000, DiskFree: 3000, DiskReserve: 400, Restarts: 1,
				Unstored: map[string]uint64{"FAIL": 2}, Shed: map[string]uint64{"PASS": 5}, EvidenceShed: map[string]uint64{"FAIL": 1}, HubRefused: map[string]uint64{"FAIL": 7},
			},
		},
		Flagged: []Flagged{hostile},
	}
}

// aged has a hundred verdicts of 20 ms to 2 s.
func aged() Age {
	a := NewAges()
	for i := range 100 {
		a.Observe(time.Duration(i+1) * 20 * time.Millisecond)
	}
	return a.Now()
}

func TestAgesOfVerdicts(t *testing.T) {
	if a := NewAges().Now(); a.Count != 0 || a.P50 != nil || a.P99 != nil {
		t.Errorf("without a verdict: %+v; want a.Count == 0, a.P50 == nil, a.P99 == nil", a)
	}
	if a := aged(); a.Count != 100 || a.P50 == nil || *a.P50 < 0.9 || *a.P50 > 1.1 || a.P99 == nil || *a.P99 < 1.96 {
		t.Errorf("%d, p50 %v, p99 %v; want a.Count == 100, a.P50 != nil, *a.P50 >= 0.9, *a.P50 <= 1.1, a.P99 != nil, *a.P99 >= 1.96", a.Count, *a.P50, *a.P99)
	}
}

func serve(t *testing.T, status func() Status) *Server {
	t.Helper()
	histograms := metrics.New()
	histograms.Camera("belt").Observe(metrics.Encode, time.Millisecond)
	s, err := Listen("127.0.0.1:0", Options{Known: known(), Histograms: []prometheus.Collector{histograms}, Status: status, Live: func(context.Context) error { return nil }, Picture: func(id string) ([]byte, bool) { return []byte("jpeg of " + id), id == "1" }})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve() }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

func request(t *testing.T, method, url, host string) (int, string, http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body), answer.Header
}

func TestStatusIsJSON(t *testing.T) {
	_, body, header := request(t, "GET", serve(t, example).URL()+"status", "")
	var s Status
	if err := json.Unmarshal([]byte(body), &s); err != nil || s.Cameras[0].Last.Part != "lid-7" || header.Get("Content-Type") != "application/json" {
		t.Errorf(`%v: %s; want err == nil, s.Cameras[0].Last.Part == "lid-7", header.Get("Content-Type") == "application/json"`, err, body)
	}
}

func TestHealthIsOkUntilThereAreProblems(t *testing.T) {
	status := example()
	s := serve(t, func() Status { return status })
	if code, body, _ := request(t, "GET", s.URL()+"healthz", ""); code != 200 || body != "ok\n" {
		t.Errorf("%d %q", code, body)
	}
	status.Problems = []problem.Problem{problem.New(problem.HubUnreachable, "", "dns", "the hub does not answer")}
	if code, body, _ := request(t, "GET", s.URL()+"healthz", ""); code != 200 || body != "ok\n" {
		t.Errorf("with a warning: %d %q", code, body)
	}
	status.Problems = []problem.Problem{problem.New(problem.CameraWaiting, "belt", "auth", "camera belt gives no frames")}
	if code, body, _ := request(t, "GET", s.URL()+"healthz", ""); code != 503 || body != "critical camera_waiting: camera belt gives no frames\n" {
		t.Errorf("%d %q", code, body)
	}
}

// known are the label values of these tests.
func known() Known {
	return Known{Causes: []string{"auth"}, Drops: []string{"overwritten", "pace", "gate", "stale"}, Classes: []string{"PASS", "FAIL"}, HubCodes: []string{"dns"}}
}

func TestMetricsAreWellFormedAndTell(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(newCollector(example, known()))
	if problems, err := testutil.GatherAndLint(registry); err != nil || len(problems) > 0 {
		t.Errorf("%v %v", err, problems)
	}
	_, body, _ := request(t, "GET", serve(t, example).URL()+"metrics", "")
	for _, want := range []string{`pristine_verdicts_total{camera="belt",verdict="FAIL"} 1`, `pristine_frames_dropped_total{camera="belt",cause="overwritten"} 1`, `pristine_frames_dropped_total{camera="belt",cause="stale"} 0`, "pristine_healthy 1", "go_goroutines",
		`pristine_verdicts_total{camera="belt",verdict="REVIEW"} 0`, `pristine_results_waiting{camera="belt"} 2`, `pristine_results_held_off_total{camera="belt"} 4`, `pristine_margin_drift{camera="belt"} 1`, `pristine_reject_rate_out_of_control{camera="belt"} 0`,
		`pristine_severities_total{camera="belt",severity="critical",verdict="FAIL"} 1`, `pristine_severities_total{camera="belt",severity="minor",verdict="REVIEW"} 0`,
		`pristine_triggers_total{camera="belt",outcome="missed"} 1`, `pristine_stage_duration_seconds_count{camera="belt",stage="encode"} 1`,
		`pristine_events_backlog 3`, `pristine_events_forwarded_total 6`, `pristine_hub_problem{code="dns"} 1`, `pristine_events_shed_total{class="PASS"} 5`, `pristine_events_shed_total{class="FAIL"} 0`,
		`pristine_evidence_shed_total{class="FAIL"} 1`, `pristine_events_unstored_total{class="FAIL"} 2`, `pristine_events_hub_refused_total{class="FAIL"} 7`, `pristine_store_restarts_total 1`,
		`pristine_events_bytes 1000`, `pristine_evidence_bytes 2000`, `pristine_disk_free_bytes 3000`, `pristine_disk_reserve_bytes 400`, `pristine_history_forgotten_total 8`, `pristine_requests_total 9`, `pristine_requests_refused_total 1`,
		`pristine_model_state{state="BUILDING"} 1`, `pristine_model_state{state="READY"} 0`} {
		if !strings.Contains(body, want+"\n") && !strings.Contains(body, want+" ") && want != "go_goroutines" {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
}

// What files, cameras and peers say can neither break a scrape nor make it grow:
// values that are not known are counted together, and names are cut.
func TestMetrics_HostileLabelsStayBounded(t *testing.T) {
	series := func(status func() Status) (n int, longest int) {
		registry := prometheus.NewPedanticRegistry()
		registry.MustRegister(newCollector(status, known()))
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			n += len(f.GetMetric())
			for _, m := range f.GetMetric() {
				for _, l := range m.GetLabel() {
					longest = max(longest, utf8.RuneCountInString(l.GetValue()))
				}
			}
		}
		return n, longest
	}
	tame, _ := series(func() Status {
		s := example()
		s.Cameras[0].Cause = "auth"
		return s
	})
	for i := range 50 {
		hostile := func() Status {
			s := example()
			text := strings.Repeat("x\xff\"\n", 1000) + strconv.Itoa(i)
			k := &s.Cameras[0]
			k.Name, k.PromptSet, k.Cause = text, text, text
			k.Verdicts, k.DroppedBy = map[string]uint64{}, map[string]uint64{}
			s.Events.HubCode, s.Model.State, s.Model.Provider, s.Model.Bundle = text, text, text, text
			s.Events.Store.Shed = map[string]uint64{}
			for n := range 1000 {
				for _, counts := range []map[string]uint64{k.Verdicts, k.DroppedBy, s.Events.Store.Shed} {
					counts[text+strconv.Itoa(n)] = 1
				}
			}
			return s
		}
		n, longest := series(hostile)
		if n != tame+3 || longest > 64 { // "other" of three counters
			t.Fatalf("%d series and values of %d runes, want %d and at most 64", n, longest, tame+3)
		}
	}
}

func TestPicturesAndWhatIsNotThere(t *testing.T) {
	s := serve(t, example)
	if code, body, header := request(t, "GET", s.URL()+"pictures/1", ""); code != 200 || body != "jpeg of 1" || header.Get("Content-Type") != "image/jpeg" {
		t.Errorf(`%d %q; want code == 200, body == "jpeg of 1", header.Get("Content-Type") == "image/jpeg"`, code, body)
	}
	for _, path := range []string{"pictures/2", "pictures/..%2f..%2fetc%2fpasswd", "server.go"} {
		if code, _, _ := request(t, "GET", s.URL()+path, ""); code != 404 {
			t.Errorf("%s gave %d", path, code)
		}
	}
}

func TestALoopbackServerAnswersOnlyToLoopbackNames(t *testing.T) {
	s := serve(t, example)
	for host, want := range map[string]int{"": 200, "localhost:1": 200, "[::1]:1": 200, "evil.example": 403, "192.0.2.1": 403} {
		if code, _, _ := request(t, "GET", s.URL()+"status", host); code != want {
			t.Errorf("host %q gave %d, want %d", host, code, want)
		}
	}
	if code, _, _ := request(t, "POST", s.URL()+"status", ""); code != 405 {
		t.Errorf("POST gave %d", code)
	}
}

func TestATakenAddressIsSaid(t *testing.T) {
	s := serve(t, example)
	address := strings.Trim(strings.TrimPrefix(s.URL(), "http://"), "/")
	if _, err := Listen(address, Options{Status: example}); err == nil || !strings.Contains(err.Error(), "set http.listen to a free port") {
		t.Errorf("got %v", err)
	}
}
