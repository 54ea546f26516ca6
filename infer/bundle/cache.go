package bundle

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// repositoryPrefix begins the name of a model's folder in Hugging Face's cache:
// models--ORGANISATION--NAME/snapshots/REVISION.
const repositoryPrefix = "models--"

// snapshot returns the folder with the files of a model: that of the current
// revision where dir is a repository of Hugging Face's cache, else dir.
func snapshot(dir string) (string, error) {
	snapshots := filepath.Join(dir, "snapshots")
	entries, err := os.ReadDir(snapshots)
	if err != nil || isExport(dir) {
		return dir, nil
	}
	revision, err := os.ReadFile(filepath.Join(dir, "refs", "main"))
	switch {
	case err == nil:
		return filepath.Join(snapshots, strings.TrimSpace(string(revision))), nil
	case len(entries) == 1:
		return filepath.Join(snapshots, entries[0].Name()), nil
	default:
		return "", fmt.Errorf("%w: %s holds %d revisions, and refs/main names none of them: give the folder of one", ErrExport, snapshots, len(entries))
	}
}

// repository returns the name of the repository that a folder of Hugging Face's
// cache belongs to, without its organisation; "" for other folders.
func repository(dir string) string {
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if name, ok := strings.CutPrefix(filepath.Base(dir), repositoryPrefix); ok {
			if i := strings.LastIndex(name, "--"); i >= 0 {
				name = name[i+len("--"):]
			}
			return name
		}
	}
	return ""
}
