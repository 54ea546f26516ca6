package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"pristine/internal/config"
	"pristine/internal/printing"
	"pristine/internal/usage"
)

type configCommand struct {
	Explain configExplainCommand `cmd:"" help:"Explain a key: its meaning, allowed values, default, and value in a file."`
	Diff    configDiffCommand    `cmd:"" help:"Show how a configuration differs from the defaults, or from another one."`
	Schema  configSchemaCommand  `cmd:"" help:"Print the JSON Schema of configurations, for editors."`
}

type configExplainCommand struct {
	Key    string `arg:"" optional:"" help:"Key, such as cameras[0].policy, events.hub.url or learn_parts; without one, all keys."`
	Config string `placeholder:"FILE" help:"Configuration whose value to show."`
	Format string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
}

// explained is a key with its values in a file.
type explained struct {
	config.Key
	Values []config.Value `json:"in_file,omitempty"`
}

// Run explains one key, or lists all.
func (c *configExplainCommand) Run(s *streams) error {
	keys := config.Keys()
	if c.Key != "" {
		key, near, ok := config.Find(c.Key)
		if !ok {
			return usage.Error(fmt.Errorf("explain %q: no such key: did you mean %s?", c.Key, strings.Join(near, ", ")))
		}
		keys = []config.Key{key}
	}
	var values []config.Value
	if c.Config != "" {
		file, err := config.Open(c.Config)
		if err != nil {
			return usage.Error(err)
		}
		values = file.Values()
	}
	all := make([]explained, len(keys))
	for i, key := range keys {
		all[i].Key = key
		for _, v := range values {
			if v.Key == key.Path {
				all[i].Values = append(all[i].Values, v)
			}
		}
	}
	switch {
	case c.Format == "json":
		return printing.JSON(s.out, all)
	case c.Key != "":
		explainKey(s.out, &all[0], c.Config)
	default:
		listKeys(s.out, all)
	}
	return nil
}

func explainKey(w io.Writer, e *explained, file string) {
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

func listKeys(w io.Writer, all []explained) {
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

type configDiffCommand struct {
	File   string `arg:"" help:"Configuration."`
	Other  string `arg:"" optional:"" help:"Configuration to compare with (default: the defaults)."`
	Format string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
}

// Run prints the differences. Differences are not an error.
func (c *configDiffCommand) Run(s *streams) error {
	file, err := config.Open(c.File)
	if err != nil {
		return usage.Error(err)
	}
	var differences []config.Difference
	names := [2]string{"default", c.File}
	if c.Other == "" {
		differences = config.DiffDefaults(file)
	} else {
		other, err := config.Open(c.Other)
		if err != nil {
			return usage.Error(err)
		}
		differences, names = config.Diff(file, other), [2]string{c.File, c.Other}
	}
	if c.Format == "json" {
		return printing.JSON(s.out, differences)
	}
	if len(differences) == 0 {
		fmt.Fprintf(s.out, "%s and %s mean the same.\n", names[0], names[1])
		return nil
	}
	t := printing.Table(s.out)
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
	return nil
}

type configSchemaCommand struct{}

// Run prints what configs/edge.schema.json holds.
func (configSchemaCommand) Run(s *streams) error {
	_, err := s.out.Write(config.Schema())
	return err
}
