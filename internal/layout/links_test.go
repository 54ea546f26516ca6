package layout

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} (.*)$`)
	fence   = regexp.MustCompile("(?ms)^[ ]*```.*?^[ ]*```$")
)

// Every relative link of every page leads to a file that is there, and every
// anchor to a heading.
func TestPages_LinksLeadSomewhere(t *testing.T) {
	checked := 0
	for _, page := range markdown(t) {
		text := withoutFences(t, page)
		for _, match := range link.FindAllStringSubmatch(text, -1) {
			target := match[1]
			if u, err := url.Parse(target); err != nil || u.Scheme != "" {
				continue
			}
			checked++
			path, anchor, _ := strings.Cut(target, "#")
			file := page
			if path != "" {
				file = filepath.Join(filepath.Dir(page), path)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: the link %s leads nowhere", page, target)
				continue
			}
			if anchor != "" && !anchors(withoutFences(t, file))[anchor] {
				t.Errorf("%s: the link %s leads to no heading", page, target)
			}
		}
	}
	if checked < 100 {
		t.Errorf("checked %d links, want at least 100: does the test look in the right folder?", checked)
	}
}

// Every page of docs can be reached from docs/README.md.
func TestPages_AreListed(t *testing.T) {
	docs := filepath.Join("..", "..", "docs")
	seen, todo := map[string]bool{}, []string{filepath.Join(docs, "README.md")}
	for len(todo) > 0 {
		page := todo[0]
		todo = todo[1:]
		if seen[page] {
			continue
		}
		seen[page] = true
		for _, match := range link.FindAllStringSubmatch(withoutFences(t, page), -1) {
			path, _, _ := strings.Cut(match[1], "#")
			if file := filepath.Join(filepath.Dir(page), path); filepath.Ext(path) == ".md" && strings.HasPrefix(file, docs) {
				todo = append(todo, file)
			}
		}
	}
	for _, page := range markdown(t) {
		if strings.HasPrefix(page, docs) && !seen[page] {
			t.Errorf("no link leads from docs/README.md to %s", page)
		}
	}
}

func TestREADME_IsShort(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(text), "\n"); got > 150 {
		t.Errorf("README.md has %d lines, want at most 150: the rest belongs into docs", got)
	}
}

// anchors returns the anchors of a page as GitHub makes them.
func anchors(text string) map[string]bool {
	all := map[string]bool{}
	for _, match := range heading.FindAllStringSubmatch(text, -1) {
		var anchor strings.Builder
		for _, r := range strings.ToLower(match[1]) {
			switch {
			case r == ' ':
				anchor.WriteRune('-')
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				anchor.WriteRune(r)
			}
		}
		name := anchor.String()
		for n := 1; all[name]; n++ {
			name = fmt.Sprintf("%s-%d", anchor.String(), n)
		}
		all[name] = true
	}
	return all
}

func withoutFences(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return fence.ReplaceAllString(string(text), "")
}

// markdown returns the pages of the repository.
func markdown(t *testing.T) (pages []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (strings.HasPrefix(name, ".") && name != ".." && name != ".github" || name == "testdata" || name == "bin" || name == "data") {
			return filepath.SkipDir
		}
		if filepath.Ext(name) == ".md" {
			pages = append(pages, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}
