package provider

import (
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
)

// loaderPath names the folders that the system's loader looks in. It is read when a
// program starts, and never again.
const loaderPath = "LD_LIBRARY_PATH"

// loaderSet marks that the program was started again: the loader drops its path where
// a program has capabilities, and it would start itself for ever.
const loaderSet = "PRISTINE_LOADER"

// Loader starts this program again, in the same process, where providers are
// installed whose folders the system's loader does not look in yet. Call it before
// anything else; it does nothing where no provider is installed.
func Loader() error {
	path, more := withFolders(os.Getenv(loaderPath), folders())
	if !more || os.Getenv(loaderSet) == path {
		return nil
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	if err := errors.Join(os.Setenv(loaderPath, path), os.Setenv(loaderSet, path)); err != nil {
		return err
	}
	return syscall.Exec(program, os.Args, os.Environ()) //nolint:gosec // itself
}

// withFolders adds folders to a path, and reports whether one was not there.
func withFolders(path string, folders []string) (string, bool) {
	var all []string
	if path != "" {
		all = strings.Split(path, ":")
	}
	before := len(all)
	for _, dir := range folders {
		if !slices.Contains(all, dir) {
			all = append(all, dir)
		}
	}
	return strings.Join(all, ":"), len(all) > before
}
