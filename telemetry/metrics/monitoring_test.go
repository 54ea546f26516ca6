package metrics

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"pristine/internal/need"
)

const monitoring = "../../deploy/monitoring/"

// dashboard is what these tests read of Grafana's JSON.
type dashboard struct {
	Panels []struct {
		ID      int
		Type    string
		Title   string
		GridPos struct{ X, Y, W, H int }
		Targets []struct{ Expr string }
	}
	Templating struct {
		List []struct {
			Name       string
			Definition string
		}
	}
}

func openDashboard(t *testing.T) *dashboard {
	t.Helper()
	data, err := os.ReadFile(monitoring + "dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return &d
}

// Every metric that rules and dashboard name is one of List.
func TestMonitoring_NamesOnlyMetricsOfTheList(t *testing.T) {
	known := map[string]bool{}
	for _, m := range List() {
		known[m.FullName()] = m.Type != Histogram
		if m.Type == Histogram {
			known[m.FullName()+"_bucket"] = true
		}
	}
	name := regexp.MustCompile(`\bpristine_[a-z0-9_]+`)
	for _, file := range []string{"dashboard.json", "rules.yml", "rules_test.yml"} {
		data, err := os.ReadFile(monitoring + file)
		if err != nil {
			t.Fatal(err)
		}
		all := name.FindAllString(string(data), -1)
		if len(all) < 10 {
			t.Errorf("%s names %d metrics only: does the test look in the right file?", file, len(all))
		}
		for _, n := range all {
			if !known[n] {
				t.Errorf("%s names %s, which is not in metrics.List", file, n)
			}
		}
	}
}

// Each query of the dashboard is PromQL, and its panels lie within the grid.
func TestMonitoring_DashboardIsSound(t *testing.T) {
	d := openDashboard(t)
	var rules strings.Builder
	rules.WriteString("groups:\n- name: dashboard\n  rules:\n")
	ids, queries := map[int]bool{}, 0
	for _, p := range d.Panels {
		if ids[p.ID] || p.GridPos.X+p.GridPos.W > 24 || p.GridPos.W == 0 || p.GridPos.H == 0 {
			t.Errorf("panel %q: id %d, grid %+v; want not ids[p.ID], p.GridPos.X+p.GridPos.W <= 24, p.GridPos.W != 0, p.GridPos.H != 0", p.Title, p.ID, p.GridPos)
		}
		ids[p.ID] = true
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("panel %q asks for nothing", p.Title)
		}
		for _, target := range p.Targets {
			rule, err := yaml.Marshal(map[string]string{"record": "q", "expr": strings.ReplaceAll(target.Expr, "$__rate_interval", "5m")})
			if err != nil {
				t.Fatal(err)
			}
			queries++
			rules.WriteString("  - " + strings.ReplaceAll(strings.TrimSpace(string(rule)), "\n", "\n    ") + "\n")
			rules.WriteString("    labels: {n: q" + strings.Repeat("x", queries) + "}\n") // promtool refuses duplicates
		}
	}
	if queries < 20 {
		t.Errorf("%d queries", queries)
	}
	file := filepath.Join(t.TempDir(), "rules.yml")
	if err := os.WriteFile(file, []byte(rules.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", file)
	variables := map[string]bool{}
	for _, v := range d.Templating.List {
		variables[v.Name] = true
	}
	data, err := os.ReadFile(monitoring + "dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, used := range regexp.MustCompile(`\$\{?(\w+)`).FindAllStringSubmatch(string(data), -1) {
		if !variables[used[1]] && used[1] != "__rate_interval" && used[1] != "__all" {
			t.Errorf("the dashboard uses $%s, which it does not define", used[1])
		}
	}
}

// Prometheus takes the rules and the scrape, and the alerts fire when they should:
// rules_test.yml has each of them.
func TestMonitoring_RulesHold(t *testing.T) {
	promtool(t, "check", "config", monitoring+"prometheus.yml")
	promtool(t, "check", "rules", "--lint=all", "--lint-fatal", monitoring+"rules.yml")
	promtool(t, "test", "rules", monitoring+"rules_test.yml")
	var rules struct {
		Groups []struct {
			Rules []struct{ Alert string }
		}
	}
	data, err := os.ReadFile(monitoring + "rules.yml")
	if err == nil {
		err = yaml.Unmarshal(data, &rules)
	}
	if err != nil {
		t.Fatal(err)
	}
	tests, err := os.ReadFile(monitoring + "rules_test.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules.Groups[0].Rules {
		if !strings.Contains(string(tests), "- alertname: "+r.Alert+"\n") {
			t.Errorf("no test of rules_test.yml expects %s to fire", r.Alert)
		}
	}
}

func promtool(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command(need.Tool(t, "promtool"), args...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
