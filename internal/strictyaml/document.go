package strictyaml

import (
	"fmt"
	"sort"
	"strings"
)

// Problem is one mistake in a file.
type Problem struct {
	File    string
	Line    int    // from 1; for what is absent, that of its nearest written parent, else of the file's first key
	Path    string // such as "cameras[1].threshold"; "" for the whole file
	Message string
}

// String returns "file:line: path: message", without the parts that are unknown.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": ")
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	return b.String()
}

// Errors is every mistake found in one file, sorted by line.
type Errors struct{ Problems []Problem }

// Error returns the problems, one a line.
func (e *Errors) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Document remembers where each key of a decoded file stands, and collects
// the problems found in it, by Decode and by its caller.
type Document struct {
	file     string
	start    int // line of the first key
	lines    map[string]int
	problems []Problem
	failed   bool // nothing was read
}

// Has reports whether the key at path was written in the file.
func (d *Document) Has(path string) bool { _, ok := d.lines[path]; return ok }

// Empty reports whether no key was written in the file.
func (d *Document) Empty() bool { return len(d.lines) == 0 }

// Line returns the line of the key at path, or of its nearest written parent;
// 0 when there is none.
func (d *Document) Line(path string) int {
	for path != "" {
		if line, ok := d.lines[path]; ok {
			return line
		}
		path = parent(path)
	}
	return 0
}

// Addf records a problem with the value at path, unless that value has one already: a
// value of the wrong type was not read, so that any further problem would be one of
// the default.
func (d *Document) Addf(path, format string, args ...any) {
	for _, p := range d.problems {
		if d.failed || p.Path == path {
			return
		}
	}
	d.add(d.Line(path), path, format, args...)
}

// unreadable records why nothing of the file could be read.
func (d *Document) unreadable(line int, message string) {
	d.add(line, "", "%s", message)
	d.failed = true
}

func (d *Document) add(line int, path, format string, args ...any) {
	if line == 0 {
		line = max(d.start, 1)
	}
	d.problems = append(d.problems, Problem{d.file, line, path, fmt.Sprintf(format, args...)})
}

// Failed reports whether there is a problem with the value at path or with a part of
// it.
func (d *Document) Failed(path string) bool {
	for _, p := range d.problems {
		if rest, found := strings.CutPrefix(p.Path, path); found && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}

// Err is nil when no problem was found, else an *Errors.
func (d *Document) Err() error {
	if len(d.problems) == 0 {
		return nil
	}
	sorted := append([]Problem(nil), d.problems...)
	sort.SliceStable(sorted, func(i, j int) bool {
		if sorted[i].Line != sorted[j].Line {
			return sorted[i].Line < sorted[j].Line
		}
		return sorted[i].Path < sorted[j].Path
	})
	return &Errors{sorted}
}

func parent(path string) string {
	if i := strings.LastIndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return ""
}
