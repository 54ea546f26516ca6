package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/capture/testline"
	"pristine/events"
	"pristine/internal/need"
	"pristine/internal/scored"
)

// asProcess is set where the test's own binary is to be the agent.
const asProcess = "PRISTINE_TEST_AS_PROCESS"

func TestMain(m *testing.M) {
	if os.Getenv(asEdge) != "" {
		main() // this process is the program, not its test
	}
	if err := os.Chdir("../.."); err != nil { // the files that users name lie there
		panic(err)
	}
	if os.Getenv(asProcess) != "" {
		main()
	}
	cache, err := os.MkdirTemp("", "edge")
	if err != nil {
		panic(err)
	}
	if err := os.Setenv("XDG_CACHE_HOME", cache); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(closingModel{m}, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(cache)
		os.Exit(code)
	}))
}

// buffer is written by the agent and read by the test at once.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func edge(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, err buffer
	if code := run(context.Background(), args, &out, &err); code != want {
		t.Fatalf("edge %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, out.String(), err.String())
	}
	return out.String(), err.String()
}

func configure(t *testing.T, source, more string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "edge.yaml")
	text := "station: {name: test}\nevents: {dir: " + dir + "/events, listen: '127.0.0.1:0'}\ncameras:\n  - name: cam\n    source: " + source + "\n    policy: every\n" + more
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

var listening = regexp.MustCompile(`events: (nats://\S+),`)

// inspected runs an agent while a subscriber receives what it publishes, and
// gives the result events that came and what the run printed.
func inspected(t *testing.T, config string) ([]*events.Result, string) {
	t.Helper()
	var out, errs buffer
	code := make(chan int, 1)
	go func() { code <- run(context.Background(), []string{"run", "--config", config}, &out, &errs) }()
	deadline := time.Now().Add(60 * time.Second)
	for !listening.MatchString(out.String()) {
		if time.Now().After(deadline) {
			t.Fatalf("the agent does not start: %s%s", out.String(), errs.String())
		}
		time.Sleep(5 * time.Millisecond)
	}
	var results []*events.Result
	report, _ := events.Subscribe(context.Background(), events.Hub{URL: listening.FindStringSubmatch(out.String())[1]}, events.SubscribeOptions{All: true},
		func(r events.Received) error {
			if result, err := r.Result(); err == nil {
				results = append(results, result)
			}
			if strings.Contains(string(r.Data), `"stopped"`) {
				return context.Canceled
			}
			return nil
		})
	if c := <-code; c != 0 {
		t.Fatalf("exit code %d: %s%s", c, out.String(), errs.String())
	}
	if report.Missing != 0 || report.Duplicates != 0 || report.Refused != 0 {
		t.Errorf("%+v; want report.Missing == 0, report.Duplicates == 0, report.Refused == 0", report)
	}
	return results, out.String()
}

// judged returns the results of parts that were not learned from, and checks how
// many were.
func judged(t *testing.T, results []*events.Result, learned int) (rest []*events.Result) {
	t.Helper()
	for _, r := range results {
		if r.Reason != "learning" {
			rest = append(rest, r)
		} else if r.Verdict != "INVALID" {
			t.Errorf("part %s was learned from and is %s, want INVALID", r.Part, r.Verdict)
		}
	}
	if got := len(results) - len(rest); got != learned {
		t.Errorf("%d parts were learned from, want %d", got, learned)
	}
	return rest
}

// The whole line: camera, model, learning, verdicts, events, counted by a
// subscriber of its own and held against the ground truth. The seed is used
// nowhere else.
func TestTheLineRuns(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	const source = "testline://?seed=314159&fps=0&good_first=32&defect_rate=0.25&parts=92"
	config := configure(t, source, "    region: [0.265625, 0.08333333, 0.46875, 0.83333333]\n    prompts: configs/prompts/flange.yaml\n    learn_parts: 32\n    parts_only: true\n    health: {max_age: 0s}\n")
	all, printed := inspected(t, config)
	results := judged(t, all, 32)
	truth, err := testline.Parse(source)
	if err != nil {
		t.Fatal(err)
	}
	found, defective, falseRejects, good, flagged := 0, 0, 0, 0, 0
	for _, r := range results {
		if r.Verdict != "PASS" {
			flagged++
			if r.Evidence == nil {
				t.Errorf("%s of %q has no evidence: %s", r.Verdict, r.Part, r.Reason)
			}
		}
		p, _ := testline.Truth(truth, r.Part)
		switch {
		case p.Defect != "" && r.Verdict == "FAIL":
			found++
			defective++
		case p.Defect != "":
			defective++
			t.Logf("missed: %s (%s) is %s, P(defect) %.2f", r.Part, p.Defect, r.Verdict, r.Defect)
		case r.Verdict == "FAIL":
			falseRejects++
			good++
		default:
			good++
		}
	}
	if len(results) != 60 {
		t.Errorf("%d results, want one for each of 60 parts", len(results))
	}
	if recall := float64(found) / float64(defective); recall < 0.95 || defective < 8 {
		t.Errorf("found %d of %d defective parts", found, defective)
	}
	if rate := float64(falseRejects) / float64(good); rate > 0.02 {
		t.Errorf("%d of %d good parts were rejected", falseRejects, good)
	}
	if !strings.Contains(printed, "flagged events: "+itoa(flagged+32)+"\n") {
		t.Errorf("the subscriber counted %d flagged events beside 32 of learning, the run printed:\n%s", flagged, printed)
	}
}

func itoa(n int) string {
	b, _ := json.Marshal(n)
	return string(b)
}

// frames writes pictures of the built-in line's window: good ones, or bad ones.
func frames(t *testing.T, address string, count int) string {
	t.Helper()
	o, err := testline.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	dir, line := t.TempDir(), testline.Open(o)
	defer line.Close()
	var f capture.Frame
	for n := 0; n < count; {
		if err := line.Read(context.Background(), &f); err != nil {
			t.Fatal(err)
		}
		if !f.PartEnd {
			continue
		}
		data, err := opencv.EncodeJPEG(f.Pix, f.Width, f.Height, 95)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, f.Part+".jpg"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		n++
	}
	return dir
}

func TestVideoAndFolderRunThroughTheSamePipeline(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	video := filepath.Join(t.TempDir(), "v.mp4")
	if out, err := exec.Command("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=1", "-pix_fmt", "yuv420p", video).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if results, _ := inspected(t, configure(t, video, "    hold_off: 0s\n")); len(results) != 10 {
		t.Errorf("a video of 10 frames gave %d results", len(results))
	}
	results, _ := inspected(t, configure(t, frames(t, "testline://?fps=0&defect_rate=0", 3), ""))
	if len(results) != 3 || results[0].Part != "flange-00001.jpg" || !results[0].Shadow {
		t.Errorf(`a folder of 3 pictures gave %+v; want len(results) == 3, results[0].Part == "flange-00001.jpg", results[0].Shadow`, results)
	}
}

func TestEvalScoreAndEmbed(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	references := frames(t, "testline://?fps=0&seed=1&defect_rate=0", 4)
	good := frames(t, "testline://?fps=0&seed=2&defect_rate=0", 4)
	bad := frames(t, "testline://?fps=0&seed=3&defect_rate=1", 4)
	set := quickPart(t)
	out, _ := edge(t, 0, "eval", "--prompts", set, "--good", good, "--bad", bad, "--references", references, "--format", "json")
	var e struct {
		AUROC            *float64
		AveragePrecision *float64 `json:"average_precision"`
		Good, Bad        int
	}
	if err := json.Unmarshal([]byte(out), &e); err != nil || e.AUROC == nil || e.AveragePrecision == nil || e.Good != 4 || e.Bad != 4 {
		t.Errorf("%v: %s; want err == nil, e.AUROC != nil, e.AveragePrecision != nil, e.Good == 4, e.Bad == 4", err, out)
	}
	out, _ = edge(t, 0, "score", "--prompts", set, good, "--references", references, "--format", "json")
	var scores []scored.Result
	if err := json.Unmarshal([]byte(out), &scores); err != nil || len(scores) != 4 || scores[0].Verdict == "" {
		t.Errorf(`%v: %s; want err == nil, len(scores) == 4, scores[0].Verdict != ""`, err, out)
	}
	out, _ = edge(t, 0, "embed", "text", "a scratched part", "--format", "json")
	var v embedded
	if err := json.Unmarshal([]byte(out), &v); err != nil || v.Dim != 256 || len(v.Embedding) != 256 || v.Bundle != "pocket" {
		t.Errorf(`%v: %s; want err == nil, v.Dim == 256, len(v.Embedding) == 256, v.Bundle == "pocket"`, err, out)
	}
	for _, args := range [][]string{{"score", "--prompts", set, good, "--references", references}, {"eval", "--good", good, "--bad", bad}} {
		out, _ = edge(t, 0, args...)
		for line := range strings.Lines(out) {
			if len([]rune(strings.TrimSuffix(line, "\n"))) > 80 {
				t.Errorf("wider than 80 columns: %q", line)
			}
		}
	}
}

func TestMistakesHaveTheirExitCodesAndRemedies(t *testing.T) {
	t.Parallel()
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("camras: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		code int
		args []string
		want string
	}{
		"unknown command":     {2, []string{"inspect"}, "Try: edge --help"},
		"unknown flag":        {2, []string{"score", "--colour", "x"}, "Try: edge score --help"},
		"bad configuration":   {2, []string{"run", "--config", bad}, "bad.yaml:1: camras: unknown key: did you mean cameras?"},
		"no configuration":    {2, []string{"run", "--config", "nowhere.yaml"}, "nowhere.yaml: no such file"},
		"bad prompt set":      {2, []string{"score", "models", "--prompts", bad}, "bad.yaml"},
		"no picture":          {2, []string{"score", "nowhere.jpg"}, "nowhere.jpg: no such file"},
		"no bundle":           {2, []string{"embed", "text", "a", "--bundle", "nowhere"}, "a bundle is a folder with bundle.yaml"},
		"nothing to watch":    {1, []string{"watch", "--url", "nats://127.0.0.1:1"}, "start the hub, or correct the port"},
		"unreadable pictures": {1, []string{"score", "README.md"}, "not a usable picture"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if _, stderr := edge(t, tc.code, tc.args...); !strings.Contains(stderr, tc.want) {
				t.Errorf("%q does not say %q", stderr, tc.want)
			}
		})
	}
	if out, _ := edge(t, 0, "check", "configs/edge.yaml", "configs/demo.yaml", "configs/prompts/part.yaml"); strings.Count(out, ": good") != 3 {
		t.Error(out)
	}
	if out, _ := edge(t, 0, "--help"); !strings.Contains(out, "Commands:") {
		t.Error(out)
	}
}
