package dataset

import (
	"fmt"
	"path/filepath"
	"slices"
)

// Named is a folder that Open reads, under the name that it has below a root.
type Named struct {
	Name string // the path from the root, with slashes
	Path string
}

// maxBelow is how many levels deep Below searches: a root such as MVTec AD's, or a
// folder with several of those.
const maxBelow = 2

// Below returns the data sets below a folder, sorted by name: one for each category of a
// root such as MVTec AD's, VisA's or BTAD's. It does not search inside a data set, and
// opens none. If there is none, it returns an error that wraps ErrLayout.
func Below(root string) ([]Named, error) {
	found, err := below(filepath.Clean(root), "", maxBelow)
	if err != nil {
		return nil, fmt.Errorf("list data sets: %w", err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("list data sets below %s: %w: %s\n%s", root, ErrLayout, there(root), known)
	}
	return found, nil
}

func below(root, name string, deep int) ([]Named, error) {
	inside, err := folders(root)
	if err != nil {
		return nil, err
	}
	slices.Sort(inside)
	var found []Named
	for _, folder := range inside {
		at := Named{Name: filepath.ToSlash(filepath.Join(name, folder)), Path: filepath.Join(root, folder)}
		switch {
		case isSet(at.Path):
			found = append(found, at)
		case deep > 1:
			more, err := below(at.Path, at.Name, deep-1)
			if err != nil {
				return nil, err
			}
			found = append(found, more...)
		}
	}
	return found, nil
}

// isSet reports whether a folder has one of the known layouts.
func isSet(path string) bool {
	return slices.ContainsFunc(layouts(), func(l layout) bool { return l.fits(path) })
}
