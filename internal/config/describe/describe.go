package describe

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"pristine/internal/config"
	"pristine/internal/printing"
)

// Key is a key with its values in a file.
type Key struct {
	config.Key
	Values []config.Value `json:"in_file,omitempty"`
}

// Join returns the keys with their values in a file.
func Join(keys []config.Key, values []config.Value) []Key {
	all := make([]Key, len(keys))
	for i, key := range keys {
		all[i].Key = key
		for _, v := range values {
			if v.Key == key.Path {
				all[i].Values = append(all[i].Values, v)
			}
		}
	}
	return all
}

// One explains a key, and what it is in file.
func One(w io.Writer, e *Key, file string) {
	row := func(name, value string) {
		if value == "" {
			return
		}
		for i, line := range strings.Split(text.WrapSoft(value, 68), "\n") {
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(w, "  %-9s %s\n", name, strings.TrimSpace(line))
		}
	}
	fmt.Fprintln(w, e.Path)
	row("meaning", e.Meaning)
	row("type", e.Type)
	row("allowed", e.Allowed)
	row("default", e.Default)
	for _, v := range e.Values {
		where := fmt.Sprintf("%s = %s (%s:%d)", v.Path, v.Text, file, v.Line)
		if v.Line == 0 {
			where = fmt.Sprintf("%s = %s (not written in %s: the default)", v.Path, v.Text, file)
		}
		row("here", where)
	}
}

// All lists keys with their meanings.
func All(w io.Writer, all []Key) {
	for i := range all {
		e := &all[i]
		name := e.Path
		if e.Type != "mapping" {
			name += " = " + e.Default
		}
		fmt.Fprintln(w, name)
		for _, line := range strings.Split(text.WrapSoft(e.Meaning, 76), "\n") {
			fmt.Fprintf(w, "    %s\n", strings.TrimSpace(line))
		}
	}
}

// Differences writes a table of differences between two configurations.
func Differences(w io.Writer, differences []config.Difference, names [2]string) {
	if len(differences) == 0 {
		fmt.Fprintf(w, "%s and %s mean the same.\n", names[0], names[1])
		return
	}
	t := printing.Table(w)
	t.Style().Format.Header = text.FormatDefault // names of files keep their case
	t.AppendHeader(table.Row{"Key", printing.KeepEnd(names[0], 20), printing.KeepEnd(names[1], 20), "Line"})
	for _, d := range differences {
		line := ""
		if n := max(d.LineB, d.LineA); n > 0 {
			line = fmt.Sprint(n)
			if d.LineB == 0 {
				line += " of 1st"
			}
		}
		t.AppendRow(table.Row{d.Key, d.From, d.To, line})
	}
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 1, WidthMax: 26}, {Number: 2, WidthMax: 20}, {Number: 3, WidthMax: 20}})
	t.Render()
}
