package provider

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"pristine/internal/assets"
)

// Wheel is a file of a package registry.
type Wheel struct {
	Package, Version string
	SHA256           string
	Bytes            int64
	Licence          string
	Files            []string // patterns of the libraries to keep, without their folders
}

// Provider is an execution provider that can be installed.
type Provider struct {
	Name      string
	About     string
	Needs     string // what the machine must have
	Arch      string
	Wheels    []Wheel
	Installed int64 // bytes
}

// The errors of an installation.
var (
	ErrUnknown = errors.New("there is no such provider")
	ErrArch    = errors.New("there are no wheels for this processor")
	ErrPip     = errors.New("pip is needed to fetch wheels")
	ErrSpace   = errors.New("there is too little room on the disk")
	ErrHash    = errors.New("a wheel is not the one that this program was made for")
	ErrFetch   = errors.New("the wheels cannot be fetched")
)

// Named returns the provider of a name.
func Named(name string) (*Provider, error) {
	var names []string
	for _, p := range All() {
		if p.Name == name {
			return &p, nil
		}
		names = append(names, p.Name)
	}
	return nil, fmt.Errorf("%w: %q: %s can be installed", ErrUnknown, name, strings.Join(names, ", "))
}

// Download is the size of the wheels, in bytes.
func (p *Provider) Download() int64 {
	total := int64(0)
	for _, w := range p.Wheels {
		total += w.Bytes
	}
	return total
}

// Licences lists what the packages are under, each once.
func (p *Provider) Licences() string {
	var all []string
	for _, w := range p.Wheels {
		if text := w.Package + ": " + w.Licence; len(all) == 0 || all[len(all)-1] != text {
			all = append(all, text)
		}
	}
	return strings.Join(all, "\n")
}

// usable returns an error where the provider has no wheels for a processor.
func (p *Provider) usable(arch string) error {
	if arch == p.Arch {
		return nil
	}
	return fmt.Errorf("%w: %s is for %s, this is %s: on a Jetson see deploy/jetson/README.md", ErrArch, p.Name, p.Arch, arch)
}

// Folder returns where a provider is installed, of the folders that package assets
// looks in; "" where it is not.
func (p *Provider) Folder() string {
	for _, dir := range folders() {
		if filepath.Base(dir) == p.Name {
			return dir
		}
	}
	return ""
}

// State says in a word or two how far the provider is on this machine.
func (p *Provider) State() string {
	if dir := p.Folder(); dir != "" {
		return dir
	}
	if p.usable(runtime.GOARCH) != nil {
		return "not for " + runtime.GOARCH
	}
	return "not installed"
}

// folders are those of the installed providers.
func folders() []string {
	var all []string
	for _, root := range assets.Roots() {
		for _, p := range All() {
			dir := filepath.Join(root, assets.Providers, p.Name)
			if _, err := os.Stat(filepath.Join(dir, noteFile)); err == nil {
				all = append(all, dir)
			}
		}
	}
	return all
}
