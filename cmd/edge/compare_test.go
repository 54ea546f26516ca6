package main

import (
	"encoding/json"
	"testing"

	"pristine/evaluate/report"
	"pristine/internal/need"
)

// Each of two sets is measured with the references beside it, whichever is named
// last, and with the same ones where they are given.
func TestComparedSetsUseTheReferencesBesideEach(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	lot := "cmd/edge/testdata/lots/key-0"
	data := []string{"--good", lot + "/good", "--bad", lot + "/bad", "--format", "json"}
	fits, not := setBeside(t, ""), setBeside(t, "")
	edge(t, 0, "reference", "add", "--keep", "4", fits, lot+"/good")
	edge(t, 0, "reference", "add", not, "cmd/edge/testdata/lots/rope-0/good")
	compared := func(args ...string) []report.Compared {
		var c report.Comparison
		out, _ := edge(t, 0, append(append([]string{"eval", "--compare"}, args...), data...)...)
		if err := json.Unmarshal([]byte(out), &c); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return c.Sets
	}
	forth, back := compared(fits, not), compared(not, fits)
	if forth[0] != back[1] || forth[1] != back[0] {
		t.Errorf("the order moves the figures: %+v, then %+v", forth, back)
	}
	if forth[0].AUROC <= forth[1].AUROC {
		t.Errorf("references that fit rank no better: %+v", forth)
	}
	given := compared(fits, not, "--references", "2")
	if figures(given[0]) != figures(given[1]) {
		t.Errorf("the same references for both gave %+v", given)
	}
}

// figures are all that was measured of a set.
func figures(c report.Compared) report.Compared {
	c.File = ""
	return c
}
