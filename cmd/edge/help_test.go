package main

import (
	"regexp"
	"strings"
	"testing"
)

// The help of every command fits a terminal of 80 columns.
func TestHelp_EveryCommandFits80Columns(t *testing.T) {
	overview, _ := edge(t, 0, "--help")
	commands := regexp.MustCompile(`(?m)^  ([a-z-]+(?: [a-z]+)?)  +[A-Z]`).FindAllStringSubmatch(overview, -1)
	if len(commands) < 35 {
		t.Fatalf("edge --help lists %d commands, want at least 35:\n%s", len(commands), overview)
	}
	commands = append(commands, []string{"", ""})
	for _, command := range commands {
		out, _ := edge(t, 0, append(strings.Fields(command[1]), "--help")...)
		for line := range strings.Lines(out) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
				t.Errorf("edge %s --help: got %d columns, want at most 80: %s", command[1], n, line)
			}
		}
	}
}
