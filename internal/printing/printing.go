package printing

import (
	"encoding/json"
	"io"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
)

// Table returns a table with these columns that Render writes to w.
func Table(w io.Writer, columns ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	if len(columns) > 0 {
		t.AppendHeader(columns)
	}
	return t
}

// JSON writes v as indented JSON.
func JSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// KeepEnd returns the last n characters of a text, printable, which tell file names
// apart; an ellipsis stands for the rest.
func KeepEnd(text string, n int) string {
	r := []rune(Printable(text))
	if len(r) > n {
		return "…" + string(r[len(r)-n+1:])
	}
	return string(r)
}

// KeepStart returns the first n characters of a text, printable; an ellipsis stands
// for the rest.
func KeepStart(text string, n int) string {
	r := []rune(Printable(text))
	if len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return string(r)
}

// Printable removes what would control a terminal. Use it for texts that others
// wrote.
func Printable(text string) string {
	return strings.TrimRight(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, text), " ")
}

// PrintableLines is Printable of each line of a text, such as an error that names a
// file.
func PrintableLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Printable(line)
	}
	return strings.Join(lines, "\n")
}
