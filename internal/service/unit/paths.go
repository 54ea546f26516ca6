package unit

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pristine/capture/address"
	"pristine/internal/config"
)

// workingDir returns the folder that the agent starts in: that of the configuration,
// so that its data come to lie there; but where a file that it opens is found in this
// shell's folder only, that one.
func workingDir(file string, c *config.Config) (string, error) {
	paths := c.Model.Bundles()
	for i := range c.Cameras {
		for _, station := range c.Cameras[i].Stations() {
			paths = append(paths, station.Prompts, station.References)
		}
		if a := c.Cameras[i].Source; a.Kind == address.File || a.Kind == address.Watch {
			paths = append(paths, a.Target)
		}
	}
	if slices.ContainsFunc(paths, func(path string) bool { return path != "" && !filepath.IsAbs(path) }) {
		return os.Getwd()
	}
	return filepath.Dir(file), nil
}

// writable returns the folders that an agent started in dir writes to: the
// configuration's own, where references, sets and pictures of its cameras lie; those
// of events (and, beside them, the last good configuration and the records of watched
// folders), history and engines; watched folders.
func writable(dir, file string, c *config.Config) []string {
	all := []string{filepath.Dir(c.Events.Dir), c.HistoryDir(), c.Model.CacheDir}
	if own := filepath.Dir(file); !anyBelow([]string{own}, "/etc", "/usr") {
		all = append(all, own)
	}
	for _, camera := range c.Cameras {
		if camera.Source.Kind == address.Watch {
			all = append(all, camera.Source.Target)
		}
	}
	for i, path := range all {
		if !filepath.IsAbs(path) {
			all[i] = filepath.Join(dir, path)
		}
	}
	slices.Sort(all)
	var out []string
	for _, path := range all {
		if !anyBelow([]string{path}, out...) {
			out = append(out, path)
		}
	}
	return out
}

// anyBelow reports whether a path is one of these folders or lies below one.
func anyBelow(paths []string, dirs ...string) bool {
	return slices.ContainsFunc(paths, func(path string) bool {
		return slices.ContainsFunc(dirs, func(dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") })
	})
}
