package config

import (
	"os"
	"path/filepath"

	"pristine/internal/assets"
)

// resolve resolves the relative paths of a configuration file in dir, as the package's
// documentation says.
func (c *Config) resolve(dir string) {
	c.Model.Bundle, c.Model.References = lookUp(dir, c.Model.Bundle, true), lookUp(dir, c.Model.References, true)
	for _, path := range []*string{
		&c.Model.CacheDir, &c.Events.Dir, &c.History.Dir, &c.HTTP.UsersFile, &c.HTTP.CertFile, &c.HTTP.KeyFile, &c.Profiling.UserFile, &c.Profiling.PasswordFile, &c.Tracing.UserFile, &c.Tracing.PasswordFile,
		&c.Events.Hub.CredsFile, &c.Events.Hub.NkeyFile, &c.Events.Hub.UserFile, &c.Events.Hub.PasswordFile,
		&c.Events.Hub.CAFile, &c.Events.Hub.CertFile, &c.Events.Hub.KeyFile,
	} {
		*path = lookUp(dir, *path, false)
	}
	c.Security.resolve(dir)
	for i := range c.Cameras {
		c.Cameras[i].resolve(dir)
	}
}

func (c *Camera) resolve(dir string) {
	c.Prompts, c.Shadow = lookUp(dir, c.Prompts, true), lookUp(dir, c.Shadow, true)
	for _, path := range []*string{&c.References, &c.Track.Empty, &c.UserFile, &c.PasswordFile} {
		*path = lookUp(dir, *path, false)
	}
	for i := range c.Regions {
		r := &c.Regions[i]
		r.Prompts, r.References = lookUp(dir, r.Prompts, true), lookUp(dir, r.References, false)
	}
	if c.Source.Local() {
		c.Source = c.Source.WithPath(lookUp(dir, c.Source.Target, false))
	}
}

// Path returns where a relative path in a configuration file leads.
func Path(file, path string) string { return lookUp(filepath.Dir(file), path, false) }

func lookUp(dir, path string, ours bool) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	beside := filepath.Join(dir, path)
	if exists(beside) {
		return beside
	}
	if exists(path) {
		return path
	}
	if found := assets.Find(path); ours && found != path {
		return found
	}
	return beside
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
