package printing

import (
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/table"
)

func TestTexts(t *testing.T) {
	for name, tc := range map[string]struct{ got, want string }{
		"an end that fits":     {KeepEnd("ä.png", 5), "ä.png"},
		"a long end":           {KeepEnd("line/ä.png", 6), "…ä.png"},
		"a start that fits":    {KeepStart("größer", 6), "größer"},
		"a long start":         {KeepStart("größer", 4), "grö…"},
		"escapes of terminal":  {Printable("a\x1b[31mb\x07\u202e"), "a[31mb"},
		"an end with escapes":  {KeepEnd("x\x1b[31m\nä.png", 9), "…1m ä.png"},
		"a start with escapes": {KeepStart("\x1b]0;x\x07größer", 6), "]0;xg…"},
		"lines of an error":    {PrintableLines("read a\x1b[31m.png\nread b"), "read a[31m.png\nread b"},
		"lines and tabs":       {Printable("a\n\tb \n"), "a  b"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: got %q, want %q", name, tc.got, tc.want)
		}
	}
}

func TestTable(t *testing.T) {
	var out strings.Builder
	w := Table(&out, "Name", "N")
	w.AppendRow(table.Row{"a", 1})
	w.Render()
	want := "┌──────┬───┐\n│ NAME │ N │\n├──────┼───┤\n│ a    │ 1 │\n└──────┴───┘\n"
	if out.String() != want {
		t.Errorf("got\n%s, want\n%s", out.String(), want)
	}
}

func TestJSON(t *testing.T) {
	var out strings.Builder
	if err := JSON(&out, map[string]int{"a": 1}); err != nil || out.String() != "{\n  \"a\": 1\n}\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}
