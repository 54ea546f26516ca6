package layout

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every row of these pages names a test, and each of these tests exists.
func TestPages_NameTheirTests(t *testing.T) {
	for page, rows := range map[string]int{"compatibility.md": 90, "faults.md": 30} {
		t.Run(page, func(t *testing.T) { namesTests(t, page, rows) })
	}
}

// namesTests checks a page of docs with at least so many rows.
func namesTests(t *testing.T, name string, least int) {
	t.Helper()
	root := filepath.Join("..", "..")
	page, err := os.ReadFile(filepath.Join(root, "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	found := declaredTests(t, root)
	rows := 0
	for line := range strings.Lines(string(page)) {
		names := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(line, -1)
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| input ") || strings.HasPrefix(line, "| fault ") || strings.HasPrefix(line, "| **") {
			continue
		}
		rows++
		if len(names) == 0 {
			t.Errorf("no test is named: %s", line)
		}
		for _, name := range names {
			if !found[name[1]] {
				t.Errorf("%s does not exist: %s", name[1], line)
			}
		}
	}
	if rows < least {
		t.Errorf("the page has %d rows, want at least %d", rows, least)
	}
}

// declaredTests returns the names of all tests and fuzz targets.
func declaredTests(t *testing.T, root string) (found map[string]bool) {
	t.Helper()
	found = map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, match := range declared.FindAllSubmatch(source, -1) {
			found[string(match[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
