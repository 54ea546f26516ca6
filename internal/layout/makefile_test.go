package layout

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// make test runs every test without the race detector, too: some end themselves under
// it (need.NoRaceDetector).
func TestMakefile_RunsEveryTestWithoutTheRaceDetector(t *testing.T) {
	data, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	recipe := regexp.MustCompile(`(?m)^test:.*\n((?:\t.*\n|[a-z].*\n)*)`).FindStringSubmatch(string(data))
	if recipe == nil {
		t.Fatal("the Makefile has no target test")
	}
	var plain, race bool
	for line := range strings.Lines(recipe[1]) {
		words := strings.Fields(line)
		if len(words) < 2 || words[0] != "go" || words[1] != "test" {
			continue
		}
		whole := !strings.Contains(line, "-short") && !strings.Contains(line, "-skip") && !strings.Contains(line, "-run")
		race = race || strings.Contains(line, "-race")
		plain = plain || whole && !strings.Contains(line, "-race") && words[len(words)-1] == "./..."
	}
	if !plain || !race {
		t.Errorf("make test has a whole pass over ./... %t, one with the race detector %t: want both", plain, race)
	}
}
