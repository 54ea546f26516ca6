package layout

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The drawing in docs/architecture.md shows what the rooms import of one another.
func TestArchitecture_DrawingIsTheImports(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	drawing := regexp.MustCompile("(?s)```mermaid\ngraph TD\n(.*?)```").FindSubmatch(page)
	if drawing == nil {
		t.Fatal("docs/architecture.md has no drawing")
	}
	imports := rooms(t)
	want := reduced(imports)
	if got := string(drawing[1]); got != want {
		t.Errorf("the drawing in docs/architecture.md differs from the imports; it should be\n%s", want)
	}
	for room := range imports {
		if !strings.Contains(string(page), "`"+room+"`") {
			t.Errorf("docs/architecture.md does not say what %s does", room)
		}
	}
}

// rooms returns what each room imports. A room is a folder at the top of the
// repository with all below it; internal is none.
func rooms(t *testing.T) map[string]map[string]bool {
	room := func(path string) string {
		path = strings.TrimPrefix(path, "pristine/")
		if !strings.HasPrefix(path, "cmd/") {
			path, _, _ = strings.Cut(path, "/")
		}
		return path
	}
	all := map[string]map[string]bool{}
	for _, p := range packages(t) {
		from := room(p.ImportPath)
		if from == "internal" || from == "examples" {
			continue
		}
		if all[from] == nil {
			all[from] = map[string]bool{}
		}
		for _, imported := range p.Imports {
			if to := room(imported); strings.HasPrefix(imported, "pristine/") && to != from && to != "internal" {
				all[from][to] = true
			}
		}
	}
	return all
}

// reduced returns the arrows that do not follow from others, one a line.
func reduced(imports map[string]map[string]bool) string {
	var reaches func(from, to string) bool
	reaches = func(from, to string) bool {
		for next := range imports[from] {
			if next == to || reaches(next, to) {
				return true
			}
		}
		return false
	}
	var out strings.Builder
	for _, from := range slices.Sorted(maps.Keys(imports)) {
		for _, to := range slices.Sorted(maps.Keys(imports[from])) {
			follows := false
			for next := range imports[from] {
				follows = follows || next != to && reaches(next, to)
			}
			if !follows {
				out.WriteString("  " + from + " --> " + to + "\n")
			}
		}
	}
	return out.String()
}
