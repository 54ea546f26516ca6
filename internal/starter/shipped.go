package starter

import (
	"fmt"
	"path/filepath"

	"pristine/internal/assets"
)

// Shipped returns the files of the prompt sets that come with the program.
func Shipped() ([]string, error) {
	dir := filepath.Dir(assets.Find("configs/prompts/part.yaml"))
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no prompt sets in %s: edge version says where the program's files are looked for; or name one with --from", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("list shipped prompt sets: %w", err)
	}
	return files, nil
}
