package bench

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/usage"
)

// report returns one whose pipeline takes a core time that its samples are spread around.
func report(coreMS, spread float64) *Report {
	r := &Report{Source: "v.mp4", Bundle: "pocket", BundleHash: "abcdef", Machine: Machine{"EPYC", "amd64", 2, "6.1"}, CameraFPS: []float64{9}, PipelineCoreMS: coreMS}
	for i := range samples {
		r.PipelineSamples = append(r.PipelineSamples, Sample{CoreMS: coreMS + spread*(float64(i)/(samples-1)-0.5)})
	}
	r.Stages = []Stage{{Name: "source", CoreMS: 8, Samples: r.PipelineSamples}, {Name: "session", CoreMS: 13}}
	return r
}

func TestCompare(t *testing.T) {
	bare := report(24, 0)
	bare.PipelineSamples = nil
	for name, c := range map[string]struct {
		before, after *Report
		percent       float64
		slower        string // "" where it is not
	}{
		"the same":                        {report(20, 2), report(20, 2), 0, ""},
		"slower, beyond doubt":            {report(20, 2), report(24, 2), 10, "the pipeline takes 20.0 % more core time a frame, allowed are 10 %"},
		"slower, but less than allowed":   {report(20, 2), report(24, 2), 25, ""},
		"slower, within the noise":        {report(20, 40), report(21, 40), 1, ""},
		"faster":                          {report(24, 2), report(20, 2), 0, ""},
		"slower, without samples (0.2.0)": {report(20, 2), bare, 10, "20.0 % more"},
	} {
		got := Compare(c.before, c.after)
		err := got.Slower(c.percent)
		if (err != nil) != (c.slower != "") || err != nil && !strings.Contains(err.Error(), c.slower) {
			t.Errorf("%s: %v", name, err)
		}
		last := got.Rows[len(got.Rows)-1]
		if len(got.Rows) != 3 || last.Name != "pipeline" || last.Ratio != c.after.PipelineCoreMS/c.before.PipelineCoreMS || got.Rows[1].Interval != nil {
			t.Errorf(`%s: %+v; want len(got.Rows) == 3, last.Name == "pipeline", last.Ratio == c.after.PipelineCoreMS/c.before.PipelineCoreMS, got.Rows[1].Interval == nil`, name, got.Rows)
		}
		if i := last.Interval; i != nil && (i[0] > last.Ratio || i[1] < last.Ratio) {
			t.Errorf("%s: the interval %v leaves the ratio %v out", name, *i, last.Ratio)
		}
		if len(got.Warnings) > 0 {
			t.Errorf("%s: %v", name, got.Warnings)
		}
	}
}

// What differs beside the program is named.
func TestCompare_Warns(t *testing.T) {
	for want, change := range map[string]func(*Report){
		"machine: EPYC, amd64, 2 cores before, EPYC, amd64, 4 cores now": func(r *Report) { r.Machine.Cores = 4 },
		"bundle: pocket abcdef before, pocket 123 now":                   func(r *Report) { r.BundleHash = "123" },
		"source: v.mp4 before, w.mp4 now":                                func(r *Report) { r.Source = "w.mp4" },
		"threads: 0 before, 1 now":                                       func(r *Report) { r.Threads = 1 },
		"cameras: 1 before, 2 now":                                       func(r *Report) { r.CameraFPS = []float64{1, 2} },
		"picture: 0×0 before, 640×0 now":                                 func(r *Report) { r.Width = 640 },
		"detail: 0 before, 2 now":                                        func(r *Report) { r.Detail = 2 },
		"references: 0 before, 4 now":                                    func(r *Report) { r.References = 4 },
		"share of FAIL: 0 before, 0.5 now":                               func(r *Report) { r.FailShare = 0.5 },
	} {
		after := report(20, 2)
		change(after)
		if got := Compare(report(20, 2), after).Warnings; len(got) != 1 || got[0] != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWrite_WithAComparison(t *testing.T) {
	before, after := report(20, 2), report(24, 2)
	var text bytes.Buffer
	err := Write(&text, after, before, false, 5)
	if err == nil || usage.Is(err) {
		t.Errorf("the error is %v", err)
	}
	for _, want := range []string{"│ pipeline", "1.200 │ 1.1", "bare session"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
	var out bytes.Buffer
	if err := Write(&out, after, before, true, -1); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Report
		Comparison Comparison
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got.PipelineCoreMS != 24 || len(got.Comparison.Rows) != 3 {
		t.Errorf("%v: %s; want err == nil, got.PipelineCoreMS == 24, len(got.Comparison.Rows) == 3", err, out.String())
	}
	// What was written with a comparison can be compared with, too.
	file := filepath.Join(t.TempDir(), "old.json")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := Load(file); err != nil || r.PipelineCoreMS != 24 || len(r.PipelineSamples) != samples {
		t.Errorf("%+v, %v; want err == nil, r.PipelineCoreMS == 24, len(r.PipelineSamples) == samples", r, err)
	}
}

func TestLoad_Refuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "old.json")
	for _, text := range []string{"", "{}", "pipeline", `{"frames": 3}`} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(file); !usage.Is(err) || !strings.Contains(err.Error(), "old.json is no result of `edge bench --format json`") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := Load(file + "x"); !usage.Is(err) || !strings.Contains(err.Error(), "no such file") {
		t.Errorf(`got err %+v; want usage.Is(err), strings.Contains(err.Error(), "no such file")`, err)
	}
}

func TestMeasureInParts(t *testing.T) {
	for n, want := range map[int]int{1: 1, 9: 9, 10: 10, 25: 12, 200: 10} {
		calls := 0
		cost, all, err := measureInParts(n, func() error { calls++; return nil })
		if err != nil || calls != n+1 || len(all) != want || cost.Wall < 0 {
			t.Errorf("%d frames: %d calls, %d samples: %v; want err == nil, calls == n+1, len(all) == want, cost.Wall >= 0", n, calls, len(all), err)
		}
	}
}
