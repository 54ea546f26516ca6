package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/internal/assets"
	"pristine/internal/version"
	"pristine/observe"
)

type versionCommand struct {
	bundleFlag `embed:""`
}

// Run prints the versions, and where each part was found. It prints what it can
// when one is missing.
func (c *versionCommand) Run(s *streams) error {
	absolute := func(path string) string { abs, _ := filepath.Abs(path); return cmp.Or(abs, path) }
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	fmt.Fprintf(s.out, "edge %s (%s)\n", version.String(), program)
	library, missing := infer.Load("")
	if missing == nil {
		fmt.Fprintf(s.out, "ONNX Runtime %s (%s)\n", library.Version, library.Path)
	}
	bundle, err := bundle.Open(c.Bundle)
	if err == nil {
		fmt.Fprintf(s.out, "bundle %s %s %s (%s)\n", bundle.Manifest.Name, bundle.Manifest.Version, bundle.Hash, absolute(c.Bundle))
	}
	sets := assets.Find(filepath.Join("configs", "prompts"))
	if _, noSets := os.Stat(sets); noSets == nil {
		fmt.Fprintf(s.out, "prompt sets (%s)\n", absolute(sets))
	} else {
		fmt.Fprintln(s.out, "prompt sets: none found")
	}
	fmt.Fprintf(s.out, "looked in: the working directory, %s\n", strings.Join(assets.Roots(), ", "))
	fmt.Fprintf(s.out, "cache (%s)\n", observe.CacheDir(""))
	return errors.Join(missing, err)
}
