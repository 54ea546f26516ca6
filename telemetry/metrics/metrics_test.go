package metrics

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// docs/metrics.md has a row for each metric of List, in its order, and no other.
func TestList_IsThePageOfTheDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	var want, got strings.Builder
	for _, m := range List() {
		name := m.FullName()
		if len(m.Labels) > 0 {
			name += "{" + strings.Join(m.Labels, ",") + "}"
		}
		fmt.Fprintf(&want, "| `%s` | %s | %s |\n", name, m.Type, m.Help)
	}
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "| `pristine_") {
			got.WriteString(line)
		}
	}
	if got.String() != want.String() {
		t.Errorf("the table of docs/metrics.md differs from List; it should be\n%s", want.String())
	}
}

func TestList_NamesAreUniqueAndByConvention(t *testing.T) {
	names := map[string]bool{}
	for _, m := range List() {
		if names[m.Name] {
			t.Errorf("%s stands twice", m.Name)
		}
		names[m.Name] = true
		if (m.Type == Counter) != strings.HasSuffix(m.Name, "_total") {
			t.Errorf("%s is a %s", m.Name, m.Type)
		}
		if !strings.HasSuffix(m.Help, ".") {
			t.Errorf("%s: the help is no sentence: %s", m.Name, m.Help)
		}
	}
}

func TestMetrics_ObserveAllocatesNothing(t *testing.T) {
	m := New()
	c := m.Camera("belt")
	for what, f := range map[string]func(){
		"a stage":        func() { c.Observe(Encode, 12*time.Millisecond) },
		"a verdict":      func() { c.Verdict(30*time.Millisecond, 0.4) },
		"a forward":      func() { m.Forwarded(time.Second) },
		"without camera": func() { (*Camera)(nil).Observe(Encode, 1); (*Camera)(nil).Verdict(1, 1) },
	} {
		if n := testing.AllocsPerRun(100, f); n > 0 {
			t.Errorf("%s: %v allocations", what, n)
		}
	}
}

func TestMetrics_CountInTheirStage(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	m := New()
	registry.MustRegister(m)
	c := m.Camera("belt")
	for _, s := range Stages() {
		c.Observe(s, 12*time.Millisecond)
	}
	c.Observe(Wait, -time.Second) // a clock that was set back
	c.Verdict(80*time.Millisecond, 0.42)
	if problems, err := testutil.GatherAndLint(registry); err != nil || len(problems) > 0 {
		t.Errorf("%v %v", err, problems)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, f := range families {
		for _, series := range f.GetMetric() {
			h := series.GetHistogram()
			found++
			want := uint64(1)
			for _, l := range series.GetLabel() {
				if l.GetValue() == "wait" {
					want = 2
				}
			}
			if f.GetName() == "pristine_events_forward_seconds" {
				want = 0
			}
			if h.GetSampleCount() != want || h.GetSampleSum() < 0 {
				t.Errorf("%s %v: %d samples, sum %v", f.GetName(), series.GetLabel(), h.GetSampleCount(), h.GetSampleSum())
			}
		}
	}
	if want := len(Stages()) + 3; found != want {
		t.Errorf("%d series, want %d", found, want)
	}
}

// Whatever a name is made of, the value stays valid and short.
func FuzzLabel(f *testing.F) {
	for _, s := range []string{"belt", "", "\xff\xfe", strings.Repeat("ä", 1000), "a\nb\"c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Label(text)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 64 {
			t.Errorf("%q gives %q", text, got)
		}
		if utf8.ValidString(text) && utf8.RuneCountInString(text) <= 64 && got != text {
			t.Errorf("%q was changed to %q", text, got)
		}
	})
}

func TestSums_HaveAFixedSetOfKeys(t *testing.T) {
	counts := map[string]uint64{"FAIL": 2}
	for i := range 1000 {
		counts[fmt.Sprint("hostile ", i)] = 1
	}
	got := Sums(counts, []string{"PASS", "FAIL"})
	if len(got) != 3 || got["PASS"] != 0 || got["FAIL"] != 2 || got["other"] != 1000 {
		t.Errorf(`got got %+v; want len(got) == 3, got["PASS"] == 0, got["FAIL"] == 2, got["other"] == 1000`, got)
	}
	if got := Sums(nil, []string{"PASS"}); len(got) != 1 {
		t.Error(got)
	}
}
