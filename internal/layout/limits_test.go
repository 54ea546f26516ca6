package layout

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The limits that docs/security.md lists are those of the code, and each has a test.
func TestSecurity_LimitsAreThoseOfTheCode(t *testing.T) {
	root := filepath.Join("..", "..")
	page, err := os.ReadFile(filepath.Join(root, "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := declaredTests(t, root)
	row := regexp.MustCompile("^\\| [^|]+ \\| [^|]+ \\| `([^`]+)`: `([^`]+)` \\| `(\\w+)` \\|$")
	rows := 0
	_, limits, _ := strings.Cut(string(page), "## Limits of inputs")
	for line := range strings.Lines(limits) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| input ") {
			continue
		}
		rows++
		m := row.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			t.Errorf("no file with a constant and a test: %s", line)
			continue
		}
		source, err := os.ReadFile(filepath.Join(root, m[1]))
		if err != nil {
			t.Error(err)
			continue
		}
		if !regexp.MustCompile(regexp.QuoteMeta(m[2]) + `([ \t].*)?\n`).Match(source) {
			t.Errorf("%s does not hold %q", m[1], m[2])
		}
		if !tests[m[3]] {
			t.Errorf("%s does not exist: %s", m[3], line)
		}
	}
	if rows < 20 {
		t.Errorf("the page lists %d limits, want at least 20", rows)
	}
	for _, name := range regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(string(page), -1) {
		if !tests[name[1]] {
			t.Errorf("%s does not exist", name[1])
		}
	}
}
