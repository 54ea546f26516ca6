package need

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Tool returns the path of a program that scripts/setup.sh puts into .deps/bin, or
// that is installed. Where it is neither, the test ends as Missing has it.
func Tool(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		tool := filepath.Join(dir, ".deps", "bin", name)
		if _, missing := os.Stat(tool); missing == nil {
			return tool
		}
		if _, root := os.Stat(filepath.Join(dir, "go.mod")); root == nil || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	tool, err := exec.LookPath(name)
	if err != nil {
		Missing(t, "%s: %v: run scripts/setup.sh test", name, err)
	}
	return tool
}
