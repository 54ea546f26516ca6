package main

import (
	"fmt"
	"strings"

	"pristine/internal/config"
	"pristine/internal/config/describe"
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
	Config string `placeholder:"FILE" help:"Configuration with the value to show."`
	Format string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
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
	all := describe.Join(keys, values)
	switch {
	case c.Format == "json":
		return printing.JSON(s.out, all)
	case c.Key != "":
		describe.One(s.out, &all[0], c.Config)
	default:
		describe.All(s.out, all)
	}
	return nil
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
	describe.Differences(s.out, differences, names)
	return nil
}

type configSchemaCommand struct{}

// Run prints what configs/edge.schema.json holds.
func (configSchemaCommand) Run(s *streams) error {
	_, err := s.out.Write(config.Schema())
	return err
}
