package main

import (
	"regexp"
	"strings"
	"testing"
)

// A format that is written as a flag, such as --json, is refused with the right flag.
func TestHelp_JSONPointsToFormat(t *testing.T) {
	t.Parallel()
	count := 0
	for _, command := range allCommands(t) {
		name := strings.Join(append([]string{"edge"}, strings.Fields(command)...), " ")
		help, _ := edge(t, 0, append(strings.Fields(command), "--help")...)
		values := regexp.MustCompile(`--format="\w+"  +([\w, ]+)`).FindStringSubmatch(help)
		if values == nil || !strings.Contains(values[1], "json") {
			continue
		}
		count++
		if name == "edge watch" || name == "edge doctor" { // as before, --json is taken
			continue
		}
		if _, out := edge(t, 2, append(strings.Fields(command), "--json")...); out != "Error: unknown flag --json\nTry: "+name+" --format json\n" {
			t.Errorf("%s --json says %s", name, out)
		}
	}
	if count < 20 {
		t.Errorf("%d commands have --format, want at least 20", count)
	}
}

// The help of every command fits a terminal of 80 columns.
func TestHelp_EveryCommandFits80Columns(t *testing.T) {
	t.Parallel()
	for _, command := range append(allCommands(t), "") {
		out, _ := edge(t, 0, append(strings.Fields(command), "--help")...)
		for line := range strings.Lines(out) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
				t.Errorf("edge %s --help: got %d columns, want at most 80: %s", command, n, line)
			}
		}
	}
}

// allCommands returns the commands that edge --help lists.
func allCommands(t *testing.T) (all []string) {
	t.Helper()
	overview, _ := edge(t, 0, "--help")
	for _, command := range regexp.MustCompile(`(?m)^  ([a-z-]+(?: [a-z]+)?)  +[A-Z]`).FindAllStringSubmatch(overview, -1) {
		all = append(all, command[1])
	}
	if len(all) < 35 {
		t.Fatalf("edge --help lists %d commands, want at least 35:\n%s", len(all), overview)
	}
	return all
}
