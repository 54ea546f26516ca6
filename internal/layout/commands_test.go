package layout

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pristine/internal/pages"
)

// Every block of commands in a page runs in a test, or says why it does not; and
// commands stand in such blocks, not in indented ones or in blocks without a language.
func TestPages_CommandsRunOrSayWhyNot(t *testing.T) {
	command := regexp.MustCompile(`^((bin/)?edge|make|curl|sudo|python3?|\.deps/bin|nats|go|scripts/\S+)( |$)`)
	for _, page := range markdown(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range pages.Blocks(string(text)) {
			if block.NotRun && len(strings.Fields(block.Reason)) < 3 {
				t.Errorf("%s:%d: a block that is not run must say why (got %q)", page, block.Line, block.Reason)
			}
		}
		if strings.HasSuffix(page, "deploy/jetson/README.md") || strings.HasSuffix(page, "models/pocket/README.md") {
			continue // its commands need a Jetson, or photos that are not here
		}
		fenced := "" // the fence of the block that a line is in
		for n, line := range strings.Split(string(text), "\n") {
			switch fence := strings.HasPrefix(line, "```"); {
			case fence && fenced == "":
				fenced = line
			case fence:
				fenced = ""
			default:
				code, indented := strings.CutPrefix(line, "    ")
				if (indented || fenced == "```") && command.MatchString(code) {
					t.Errorf("%s:%d: a command that is not tested: write it in a block of sh", page, n+1)
				}
			}
		}
	}
}

// The variables that CONTRIBUTING.md gives for a build without make are those of
// the Makefile.
func TestContributing_BuildVariables(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join("..", "..", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile(filepath.Join("..", "..", "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	variables := regexp.MustCompile(`(?m)^export (\w+) = (.*)$`).FindAllStringSubmatch(string(makefile), -1)
	if len(variables) < 3 {
		t.Fatalf("the Makefile exports %d variables, want at least 3", len(variables))
	}
	for _, v := range variables {
		plain, quoted := "export "+v[1]+"="+v[2]+"\n", "export "+v[1]+"='"+v[2]+"'\n"
		if !strings.Contains(string(guide), plain) && !strings.Contains(string(guide), quoted) {
			t.Errorf("CONTRIBUTING.md does not have %s", quoted)
		}
	}
}
