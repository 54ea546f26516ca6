package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pristine/infer"
	"pristine/internal/config"
	"pristine/prompts"
)

type checkCommand struct {
	Files []string `arg:"" help:"Configuration files and prompt sets."`
}

// Run checks every file and tells all mistakes of all of them.
func (c *checkCommand) Run(s *streams) error {
	var all []error
	for _, file := range c.Files {
		if err := checkFile(file); err != nil {
			all = append(all, err)
			continue
		}
		fmt.Fprintf(s.out, "%s: good\n", file)
	}
	if len(all) > 0 {
		return usageError{errors.Join(all...)}
	}
	return nil
}

// checkFile takes a file for a prompt set when it lies in a folder of that
// name or says so by its first keys.
func checkFile(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	isSet := filepath.Base(filepath.Dir(file)) == "prompts"
	for line := range strings.Lines(string(data)) {
		isSet = isSet || strings.HasPrefix(line, "defects:") || strings.HasPrefix(line, "object:") || strings.HasPrefix(line, "pristine:")
	}
	if isSet {
		_, err = prompts.Parse(file, data)
	} else {
		_, err = config.Parse(file, data)
	}
	return err
}

type versionCommand struct {
	bundleFlag `embed:""`
}

func (c *versionCommand) Run(s *streams) error {
	fmt.Fprintln(s.out, "edge", version)
	library, err := infer.Load("")
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "ONNX Runtime %s (%s)\n", library.Version, library.Path)
	bundle, err := infer.OpenBundle(c.Bundle)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "bundle %s %s %s\n", bundle.Manifest.Name, bundle.Manifest.Version, bundle.Hash)
	return nil
}
