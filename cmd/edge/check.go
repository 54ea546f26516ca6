package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/internal/config"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
)

type checkCommand struct {
	Files      []string `arg:"" help:"Configuration files and prompt sets."`
	bundleFlag `embed:""`
}

// Run checks every file and tells all mistakes of all of them, and what lint
// says of the sets, and whether they are armed: neither makes a file bad.
func (c *checkCommand) Run(ctx context.Context, s *streams) error {
	var all []error
	var e *observe.Model
	for _, file := range c.Files {
		isSet, err := checkFile(file)
		if err != nil {
			all = append(all, err)
			continue
		}
		fmt.Fprintf(s.out, "%s: good\n", file)
		if !isSet {
			continue
		}
		if e == nil {
			if e, err = observe.Open(c.Bundle, infer.Options{}); err != nil {
				return fmt.Errorf("lint prompt sets: %w", err)
			}
			defer e.Close()
		}
		warnings, err := e.Lint(ctx, file)
		if err != nil {
			return err
		}
		printWarnings(s.out, warnings)
		bank, err := e.BankWith(ctx, file, observe.View{}, "")
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s: %s\n", file, arming(bank))
	}
	if len(all) > 0 {
		return usage.Error(errors.Join(all...))
	}
	return nil
}

// arming says whether a set's FAIL is published as real, and why.
func arming(b *prompts.Bank) string {
	if armed, why := b.Armed(); armed {
		return "armed: " + why
	} else {
		return "in shadow: " + why
	}
}

// checkFile tells whether a file is a prompt set, and its mistakes. It takes it
// for one when it lies in a folder of that name or says so by its keys.
func checkFile(file string) (isSet bool, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	isSet = filepath.Base(filepath.Dir(file)) == "prompts"
	for line := range strings.Lines(string(data)) {
		isSet = isSet || strings.HasPrefix(line, "defects:") || strings.HasPrefix(line, "object:") || strings.HasPrefix(line, "pristine:")
	}
	if isSet {
		_, err = prompts.Parse(file, data)
	} else {
		_, err = config.Parse(file, data)
	}
	return isSet, err
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
	bundle, err := bundle.Open(c.Bundle)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "bundle %s %s %s\n", bundle.Manifest.Name, bundle.Manifest.Version, bundle.Hash)
	return nil
}
