package main

import (
	"strings"
	"testing"

	"pristine/internal/need"
)

// A set that is not armed says so under its verdicts, and what to do; one that is armed does not.
func TestScoreSaysHowFarItsVerdictsMayBeTrusted(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	good := frames(t, "testline://?fps=0&seed=2&defect_rate=0", 1)
	bare, armed := setBeside(t, ""), setBeside(t, "arm: true\n")
	said := func(args ...string) string {
		out, _ := edge(t, 0, append([]string{"score", good}, args...)...)
		for line := range strings.Lines(out) {
			if len([]rune(strings.TrimSuffix(line, "\n"))) > 80 {
				t.Errorf("wider than 80 columns: %q", line)
			}
		}
		return strings.Join(strings.Fields(out), " ")
	}
	for _, want := range []string{"In shadow: the set was never validated: run edge calibrate.", "give some as --references DIR"} {
		if out := said("--prompts", bare); !strings.Contains(out, want) {
			t.Errorf("without references nothing of %q: %s", want, out)
		}
	}
	if out := said("--prompts", bare, "--references", good); !strings.Contains(out, "In shadow") || strings.Contains(out, "Text alone") {
		t.Errorf("with references: %s", out)
	}
	if out := said("--prompts", armed); strings.Contains(out, "shadow") {
		t.Errorf("armed by hand: %s", out)
	}
	if out, _ := edge(t, 0, "prompts", "explain", bare, good+"/flange-00001.jpg"); !strings.Contains(out, "In shadow") {
		t.Errorf("explain says nothing of it: %s", out)
	}
	if !scoresOf(t, good, "--prompts", bare)[0].Shadow || scoresOf(t, good, "--prompts", armed)[0].Shadow {
		t.Error("shadow in the JSON is not that of the set")
	}
}
