package provider

import (
	"archive/zip"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// unpack puts the libraries of the wheels in one folder into another, under every
// name that they are looked for by, and their licences beside.
func (p *Provider) unpack(wheels, to string) error {
	files, err := filepath.Glob(filepath.Join(wheels, "*.whl"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := p.unpackWheel(file, to); err != nil {
			return fmt.Errorf("unpack %s: %w", filepath.Base(file), err)
		}
	}
	libraries, err := filepath.Glob(filepath.Join(to, "lib*.so*"))
	if err != nil {
		return err
	}
	for _, library := range libraries {
		if err := alias(library); err != nil {
			return fmt.Errorf("name %s: %w", filepath.Base(library), err)
		}
	}
	return nil
}

func (p *Provider) unpackWheel(file, to string) error {
	wheel, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer wheel.Close()
	name, _, _ := strings.Cut(filepath.Base(file), "-")
	patterns, kept := p.patterns(name), 0
	for _, f := range wheel.File {
		base := path.Base(f.Name)
		switch {
		case matches(patterns, base):
			kept++
			err = extract(f, filepath.Join(to, base), 0o755)
		case strings.Contains(strings.ToLower(base), "licen") || strings.HasPrefix(base, "ThirdParty") || strings.HasPrefix(base, "Acknowledge"):
			err = extract(f, filepath.Join(to, "licences", name, base), 0o644)
		}
		if err != nil {
			return err
		}
	}
	if len(patterns) > 0 && kept == 0 {
		return errors.New("it has none of the libraries that are wanted of it")
	}
	return nil
}

// patterns are the names of the libraries that a wheel is fetched for. Wheels write
// dashes of a package's name as underscores.
func (p *Provider) patterns(wheel string) []string {
	for _, w := range p.Wheels {
		if strings.ReplaceAll(w.Package, "-", "_") == wheel {
			return w.Files
		}
	}
	return nil
}

func matches(patterns []string, name string) bool {
	for _, pattern := range patterns {
		if ok, _ := path.Match(pattern, name); ok {
			return true
		}
	}
	return false
}

func extract(f *zip.File, to string, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in) //nolint:gosec // its hash is pinned
	return errors.Join(err, out.Close())
}

// alias links a library's own name (its SONAME) and its name without a version to
// it: wheels carry it under one name alone.
func alias(library string) error {
	dir, base := filepath.Split(library)
	stem, _, _ := strings.Cut(base, ".so")
	names := []string{stem + ".so"}
	f, err := elf.Open(library)
	if err != nil {
		return err
	}
	defer f.Close()
	soname, err := f.DynString(elf.DT_SONAME)
	if err != nil {
		return err
	}
	for _, name := range append(names, soname...) {
		if name == base || !filepath.IsLocal(name) {
			continue
		}
		if err := os.Symlink(base, filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}
