package main

import (
	"encoding/json"
	"strings"
	"testing"

	"pristine/internal/need"
)

// A severity that is for review never fails a part, whoever asks: the running
// agent, edge score and edge eval answer alike.
func TestSeverity_RunScoreAndEvalAgree(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	dir, bad := frames(t, "testline://?fps=0&seed=5&defect_rate=0", 3), frames(t, "testline://?fps=0&seed=6", 1)
	const low = "arm: true\nthresholds: {review: 0.000001, fail: 0.000002}\ndefects:\n  scratch: {prompts: [\"scratched {}\"], severity: minor}\n"
	for name, tc := range map[string]struct {
		more, verdict, reason string
		share                 float64
	}{
		"all may fail by default": {"", "FAIL", "", 0},
		"minor is for review":     {"verdicts: {minor: review}\n", "REVIEW", "severity", 1},
		"critical is for review":  {"verdicts: {critical: review}\n", "FAIL", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			set := setBeside(t, low+tc.more)
			results, _ := inspected(t, configure(t, dir, "    prompts: "+set+"\n    hold_off: 0s\n    health: {learn: 0s}\n    fail_frames: 1\n    of_frames: 1\n"))
			if len(results) != 3 {
				t.Fatalf("got %d results, want 3", len(results))
			}
			for _, r := range results {
				if r.Verdict != tc.verdict || r.Reason != tc.reason || r.Severity != "minor" || r.ReviewShare != tc.share || r.Shadow {
					t.Errorf("got an event of %s %q, severity %q, share for review %v, shadow %v; want %s %q, minor, %v, false", r.Verdict, r.Reason, r.Severity, r.ReviewShare, r.Shadow, tc.verdict, tc.reason, tc.share)
				}
			}
			for _, s := range scoresOf(t, dir, "--prompts", set) {
				if string(s.Verdict) != tc.verdict || string(s.Reason) != tc.reason || s.Severity != "minor" || s.ReviewShare != tc.share {
					t.Errorf("edge score gives %s %q, severity %q, share for review %v; want %s %q, minor, %v", s.Verdict, s.Reason, s.Severity, s.ReviewShare, tc.verdict, tc.reason, tc.share)
				}
			}
			if out, _ := edge(t, 0, "score", dir, "--prompts", set); strings.Count(out, tc.verdict) != 3 || strings.Count(out, "scratch, minor") != 3 {
				t.Errorf("edge score shows\n%s", out)
			}
			out, _ := edge(t, 0, "eval", "--good", dir, "--bad", bad, "--prompts", set, "--format", "json")
			var figures struct {
				Good map[string]int `json:"good_verdicts"`
			}
			if err := json.Unmarshal([]byte(out), &figures); err != nil || figures.Good[strings.ToLower(tc.verdict)] != 3 {
				t.Errorf("edge eval counts %v (%v), want 3 of %s", figures.Good, err, tc.verdict)
			}
		})
	}
}

// Status and metrics count by severity, from the first scrape on.
func TestSeverity_StatusAndMetrics(t *testing.T) {
	t.Parallel()
	set := setBeside(t, "arm: true\nthresholds: {review: 0.000001, fail: 0.000002}\ndefects:\n  scratch: {prompts: [\"scratched {}\"], severity: critical}\n")
	page, stop := agentOn(t, configure(t, "testline://?fps=20&defect_rate=0", "    prompts: "+set+"\n    hold_off: 0s\n    health: {learn: 0s}\nhttp: {listen: '127.0.0.1:0'}\n"))
	defer stop()
	until(t, "a FAIL", &buffer{}, func() bool { return statusOf(t, page).Cameras[0].Severities["FAIL"]["critical"] > 0 })
	last := statusOf(t, page).Cameras[0].Last
	if last == nil || last.Severity != "critical" || last.Likeliest != "scratch" {
		t.Errorf("got the newest result %+v, want scratch, critical", last)
	}
	_, metrics := fetch(t, page+"metrics")
	for _, want := range []string{`pristine_severities_total{camera="cam",severity="critical",verdict="FAIL"} `, `pristine_severities_total{camera="cam",severity="minor",verdict="FAIL"} 0`} {
		if !strings.Contains(string(metrics), want) {
			t.Errorf("no %s in\n%s", want, metrics)
		}
	}
}
