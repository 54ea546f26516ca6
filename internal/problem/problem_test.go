package problem

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every code has one kind, with a severity, a meaning and a remedy; the kinds
// stand with the worst first.
func TestKinds(t *testing.T) {
	source, err := os.ReadFile("problem.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`Code = "([a-z_]+)"`).FindAllSubmatch(source, -1)
	if len(declared) != len(Kinds()) {
		t.Errorf("%d codes are declared, and %d have a kind", len(declared), len(Kinds()))
	}
	for _, d := range declared {
		if n := len(slices.DeleteFunc(Kinds(), func(k Kind) bool { return string(k.Code) != string(d[1]) })); n != 1 {
			t.Errorf("%s has %d kinds, want one", d[1], n)
		}
	}
	worst := 0
	for _, k := range Kinds() {
		rank := slices.Index(Severities(), k.Severity)
		if rank < worst || k.Meaning == "" || k.Remedy == "" || strings.HasSuffix(k.Meaning, ".") || strings.HasSuffix(k.Remedy, ".") {
			t.Errorf("%+v: want a severity no worse than the one above, a meaning and a remedy without full stops", k)
		}
		worst = rank
		if k.Severity == Warning && k.NotReady {
			t.Errorf("%s: a warning must not stop the agent from being ready", k.Code)
		}
		if p := New(k.Code, "belt", "", "text"); p.Severity != k.Severity || p.Remedy != k.Remedy || p.NotReady() != k.NotReady || p.Key() != (Key{k.Code, "belt"}) {
			t.Errorf(`New gives %+v of %+v; want p.Severity == k.Severity, p.Remedy == k.Remedy, p.NotReady() == k.NotReady, p.Key() == (Key{k.Code, "belt"})`, p, k)
		}
	}
}

// docs/problems.md holds the table of kinds.
func TestKinds_AreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/problems.md")
	if err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile("(?m)^\\| `[a-z_]+` \\| (critical|error|warning) .*$").FindAllString(string(page), -1)
	var want []string
	for _, k := range Kinds() {
		ready := ""
		if k.NotReady {
			ready = "503"
		}
		want = append(want, fmt.Sprintf("| `%s` | %s | %s | %s | %s |", k.Code, k.Severity, ready, k.Meaning, k.Remedy))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the table of docs/problems.md differs; want\n%s", strings.Join(want, "\n"))
	}
}

func TestHealthy(t *testing.T) {
	for name, c := range map[string]struct {
		all  []Problem
		want bool
	}{
		"none":     {nil, true},
		"warning":  {[]Problem{New(HubUnreachable, "", "", "")}, true},
		"error":    {[]Problem{New(HubUnreachable, "", "", ""), New(ProviderDegraded, "", "", "")}, false},
		"critical": {[]Problem{New(CameraWaiting, "belt", "auth", "")}, false},
	} {
		if got := Healthy(c.all); got != c.want {
			t.Errorf("%s: Healthy gives %v, want %v", name, got, c.want)
		}
	}
}

func TestAdvice(t *testing.T) {
	for text, want := range map[string]string{"it failed": "it failed. Try: ", "is it on?": "is it on? Try: ", "it failed.": "it failed. Try: "} {
		p := New(CameraWaiting, "belt", "auth", text)
		if got := p.Advice(); got != want+p.Remedy {
			t.Errorf("Advice of %q = %q, want %q", text, got, want+p.Remedy)
		}
	}
}

func TestSort(t *testing.T) {
	all := []Problem{New(HubUnreachable, "", "", ""), New(CameraWaiting, "b", "", ""), New(DiskFull, "", "", ""), New(CameraWaiting, "a", "", ""), New(Starting, "", "", "")}
	Sort(all)
	var got []string
	for _, p := range all {
		got = append(got, string(p.Code)+p.Camera)
	}
	if want := []string{"starting", "camera_waitinga", "camera_waitingb", "disk_full", "hub_unreachable"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
