package assets

import (
	"os"
	"path/filepath"
	"slices"
)

// Variable names the environment variable with a folder to look in.
const Variable = "PRISTINE_HOME"

// Providers is the folder, below one of Roots, where `edge provider install` puts
// execution providers.
const Providers = "providers"

// Find returns the path of a file or folder that comes with the program.
// Absolute paths are returned as they are.
func Find(path string) string {
	if path == "" || filepath.IsAbs(path) || exists(path) {
		return path
	}
	for _, root := range Roots() {
		if found := filepath.Join(root, path); exists(found) {
			return found
		}
	}
	return path
}

// Roots returns the folders that Find looks in after the working directory, in
// their order.
func Roots() []string {
	var all []string
	if home := os.Getenv(Variable); home != "" {
		all = append(all, home)
	}
	prefixes := []string{"/usr"}
	if program, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(program); err == nil {
			program = real // a link in the user's path leads to the installation
		}
		dir := filepath.Dir(program)
		all = append(all, dir, filepath.Dir(dir))
		prefixes = slices.Insert(prefixes, 0, filepath.Dir(dir))
	}
	for _, prefix := range prefixes {
		all = append(all, filepath.Join(prefix, "share", "pristine"), filepath.Join(prefix, "lib", "pristine"))
	}
	all = append(all, "/var/lib/pristine")
	out := make([]string, 0, len(all))
	for _, dir := range all {
		if !slices.Contains(out, dir) {
			out = append(out, dir)
		}
	}
	return out
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
