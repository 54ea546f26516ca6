package agent

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pristine/internal/need"
	"pristine/telemetry/metrics"
)

// A real Prometheus with the shipped configuration and rules scrapes an agent: every
// metric of the list has samples, every query of the dashboard is answered, and a
// camera that nobody answers for fires its alert.
func TestMonitoring_PrometheusScrapesAnAgent(t *testing.T) {
	program := need.Tool(t, "prometheus")
	nowhere := freeAddress(t)
	c := settings(t, t.TempDir(), "events: {hub: {url: 'nats://"+nowhere+"'}}\ncameras:\n"+
		"  - {name: belt, source: 'testline://?fps=10'}\n"+
		"  - {name: gate, source: 'testline://?fps=5', policy: trigger, trigger: {deadline: 30s}}\n"+
		"  - {name: folder, source: 'watch://"+t.TempDir()+"'}\n"+
		"  - {name: broken, source: 'http://"+nowhere+"/video'}\n")
	a := start(t, c)
	a.ask(http.MethodPost, "/trigger?camera=gate&part=A-1")

	page := a.get("/metrics")
	check := exec.Command(need.Tool(t, "promtool"), "check", "metrics")
	check.Stdin = strings.NewReader(page)
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}

	p := startPrometheus(t, a, program)
	names := map[string]bool{}
	missing := func() (all []string) {
		for _, series := range p.query(`{job="pristine",__name__=~"pristine_.+"}`) {
			names[series["__name__"]] = true
		}
		for _, m := range metrics.List() {
			name := m.FullName()
			if m.Type == metrics.Histogram {
				name += "_bucket"
			}
			if !names[name] {
				all = append(all, name)
			}
		}
		return all
	}
	a.until("samples of every metric", func() bool { return len(missing()) == 0 })
	for what, query := range map[string]string{
		"frames of the camera in each stage":  `count(pristine_stage_duration_seconds_count{camera="belt"} > 0) == 10`,
		"ages of verdicts":                    `pristine_verdict_age_seconds_count{camera="belt"} > 0`,
		"scores":                              `pristine_defect_score_count{camera="belt"} > 0`,
		"events that wait for the hub":        `pristine_events_backlog > 0`,
		"why the hub takes none":              `pristine_hub_problem{code="refused"} == 1`,
		"an answered trigger":                 `pristine_triggers_total{camera="gate",outcome="answered"} == 1`,
		"the alert of the camera":             `ALERTS{alertname="PristineCameraWaiting",alertstate="firing",camera="broken",cause="refused"}`,
		"no alert of the camera that is well": `absent(ALERTS{alertname="PristineCameraWaiting",camera="belt"})`,
	} {
		a.until(what, func() bool { return len(p.query(query)) > 0 })
	}
	for _, query := range dashboardQueries(t) {
		p.query(query) // fails the test where Prometheus refuses it
	}
}

// freeAddress returns an address of this machine that nothing listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func dashboardQueries(t *testing.T) (all []string) {
	t.Helper()
	data, err := os.ReadFile("deploy/monitoring/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			all = append(all, strings.NewReplacer("$__rate_interval", "1m", "$station", ".*", "$camera", ".*").Replace(target.Expr))
		}
	}
	return all
}

// scraper is a Prometheus that scrapes an agent.
type scraper struct {
	t       *testing.T
	address string
	client  *http.Client
}

// startPrometheus runs the shipped configuration, but in a hurry: it scrapes and
// evaluates each second, and alerts wait for nothing.
func startPrometheus(t *testing.T, a *running, program string) *scraper {
	t.Helper()
	dir := t.TempDir()
	for name, change := range map[string]func(string) string{
		"prometheus.yml": func(s string) string {
			s = strings.ReplaceAll(s, "15s", "1s")
			return strings.Replace(s, "localhost:8080", strings.Trim(strings.TrimPrefix(a.board.url, "http://"), "/"), 1)
		},
		"rules.yml": func(s string) string { return regexp.MustCompile(`for: \w+`).ReplaceAllString(s, "for: 0s") },
	} {
		data, err := os.ReadFile(filepath.Join("deploy/monitoring", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), []byte(change(string(data))), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	p := &scraper{t: t, address: freeAddress(t), client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	var log bytes.Buffer
	server := exec.Command(program, "--config.file="+dir+"/prometheus.yml", "--storage.tsdb.path="+dir+"/data", "--web.listen-address="+p.address)
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
		if t.Failed() {
			t.Logf("Prometheus said\n%s", log.String())
		}
	})
	a.until("Prometheus to be ready", func() bool {
		answer, err := p.client.Get("http://" + p.address + "/-/ready")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	return p
}

// query returns the labels of the series that a query has now.
func (p *scraper) query(text string) (all []map[string]string) {
	p.t.Helper()
	answer, err := p.client.Get("http://" + p.address + "/api/v1/query?query=" + url.QueryEscape(text))
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	var got struct {
		Status string
		Data   struct {
			Result []struct{ Metric map[string]string }
		}
	}
	if err := json.Unmarshal(body, &got); err != nil || got.Status != "success" {
		p.t.Fatalf("query %s: %v: %s", text, err, body)
	}
	for _, r := range got.Data.Result {
		all = append(all, r.Metric)
	}
	return all
}
