package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pristine/infer/bundle"

	"go.yaml.in/yaml/v3"
)

// ErrExists is returned within an error when a bundle of that name is there.
var ErrExists = errors.New("there is a bundle of this name already")

// ErrName is returned within an error for a name that is no folder's.
var ErrName = errors.New("a bundle's name has letters, digits and . _ - only")

// Progress is told of bytes as they are written; nil is told nothing.
type Progress func(file string, bytes int64)

// Options say how Import works; the zero value copies, and checks hashes only.
type Options struct {
	Check    func(dir string) error // may refuse the bundle before it is there for others
	Progress Progress
	Link     bool // hard links instead of copies: only where nobody else writes to the sources
}

// Import writes an export as a bundle under root, and returns its folder.
func Import(e *bundle.Export, root string, o Options) (string, error) {
	name := e.Manifest.Name
	if err := checkName(name); err != nil {
		return "", err
	}
	dir := filepath.Join(root, name)
	if Has(root, name) {
		return "", fmt.Errorf("import bundle: %w: %s: give another --name, or first `edge model remove %s`", ErrExists, dir, name)
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return "", fmt.Errorf("import bundle: %w", err)
	}
	part, err := os.MkdirTemp(root, ".import-")
	if err != nil {
		return "", fmt.Errorf("import bundle: %w", err)
	}
	defer os.RemoveAll(part)
	if err := fill(part, e, o); err != nil {
		return "", fmt.Errorf("import bundle: %w", err)
	}
	if o.Check != nil {
		if err := o.Check(part); err != nil {
			return "", fmt.Errorf("import bundle: %w", err)
		}
	}
	if err := os.Rename(part, dir); err != nil {
		return "", fmt.Errorf("import bundle: %w", err)
	}
	return dir, syncDir(root)
}

// fill writes the files of an export and then its manifest.
func fill(dir string, e *bundle.Export, o Options) error {
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	m := e.Manifest
	m.Files = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(e.Sources)) {
		if !filepath.IsLocal(name) || name == "bundle.yaml" {
			return fmt.Errorf("the export keeps data in %q, which has no place in a bundle", name)
		}
		sum, err := o.place(filepath.Join(dir, name), e.Sources[name])
		if err != nil {
			return err
		}
		m.Files[name] = sum
	}
	data, err := yaml.Marshal(&m)
	if err != nil {
		return err
	}
	manifest, err := os.OpenFile(filepath.Join(dir, "bundle.yaml"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = manifest.Write(data)
	if err := errors.Join(err, manifest.Sync(), manifest.Close()); err != nil {
		return err
	}
	return syncDir(dir)
}

// place copies or links a file, and returns its SHA-256.
func (o *Options) place(to, from string) (sum string, err error) {
	in, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return "", err
	}
	h := sha256.New()
	count := counter(func(n int64) {
		if o.Progress != nil {
			o.Progress(filepath.Base(to), n)
		}
	})
	if real, err := filepath.EvalSymlinks(from); err == nil {
		from = real // or the link itself would be linked
	}
	if o.Link && os.Link(from, to) == nil {
		_, err := io.Copy(io.MultiWriter(h, count), in)
		return hex.EncodeToString(h.Sum(nil)), err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(io.MultiWriter(out, h, count), in)
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// counter is told how many bytes are written to it.
type counter func(int64)

// Write implements io.Writer.
func (c counter) Write(p []byte) (int, error) {
	c(int64(len(p)))
	return len(p), nil
}

// syncDir makes a folder's entries survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func checkName(name string) error {
	bad := func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && r != '.' && r != '_' && r != '-'
	}
	if name == "" || strings.HasPrefix(name, ".") || strings.ContainsFunc(name, bad) {
		return fmt.Errorf("%w: %q: give another with --name", ErrName, name)
	}
	return nil
}

// Entry is one bundle of a folder.
type Entry struct {
	Dir      string
	Manifest bundle.Manifest
	Bytes    int64
	Err      error // why it cannot be read
}

// List reads the manifests of the bundles under root, by name; it does not
// check their files.
func List(root string) ([]Entry, error) {
	folders, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list bundles: %w", err)
	}
	var all []Entry
	for _, f := range folders {
		dir := filepath.Join(root, f.Name())
		if _, err := os.Stat(filepath.Join(dir, "bundle.yaml")); err != nil || strings.HasPrefix(f.Name(), ".") {
			continue
		}
		e := Entry{Dir: dir}
		m, err := bundle.ReadManifest(dir)
		if e.Err = err; err == nil {
			e.Manifest = *m
			for name := range m.Files {
				if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
					e.Bytes += info.Size()
				}
			}
		}
		all = append(all, e)
	}
	return all, nil
}

// Has reports whether there is something of that name under root.
func Has(root, name string) bool {
	_, err := os.Lstat(filepath.Join(root, name))
	return err == nil
}

// Remove takes a bundle away.
func Remove(root, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(filepath.Join(dir, "bundle.yaml")); err != nil {
		return fmt.Errorf("remove bundle: %s is no bundle: %w", dir, err)
	}
	// Its name goes first, so that a half-removed bundle is never taken for one.
	gone, err := os.MkdirTemp(root, ".remove-")
	if err != nil {
		return fmt.Errorf("remove bundle: %w", err)
	}
	err = os.Rename(dir, filepath.Join(gone, name))
	if err := errors.Join(err, os.RemoveAll(gone)); err != nil {
		return fmt.Errorf("remove bundle: %w", err)
	}
	return nil
}
