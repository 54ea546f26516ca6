package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pristine/internal/pictures"
)

// openPlain reads a folder with one folder of good and one of bad pictures.
func (r *reader) openPlain() error {
	r.set.Layout = "good and bad"
	entries, err := os.ReadDir(r.root)
	if err != nil {
		return err
	}
	var good, bad, train, other []string
	for _, entry := range entries {
		name, path := entry.Name(), filepath.Join(r.root, entry.Name())
		if pictures.MadeByTool(name) {
			continue
		}
		switch folder := isFolder(path); {
		case folder && isAny(name, goodNames):
			good = append(good, path)
		case folder && isAny(name, badNames):
			bad = append(bad, path)
		case folder && isAny(name, []string{"references", "train"}):
			train = append(train, path)
		case folder && isAny(name, maskFolders), folder && empty(path):
		case folder || pictures.Is(name):
			other = append(other, name)
		}
	}
	if len(bad) == 0 {
		return fmt.Errorf("%w: there is a folder of good pictures, but none of bad ones: %s\n%s", ErrLayout, there(r.root), known)
	}
	if len(other) > 0 {
		return fmt.Errorf("%w: %s is neither good nor bad: rename it, or use --good and --bad", ErrLayout, other[0])
	}
	if err := r.plain(good, bad); err != nil {
		return err
	}
	for i := range r.set.Pictures {
		if p := &r.set.Pictures[i]; p.Bad && p.Masks == nil {
			p.Masks = plainMasks(r.root, p)
		}
	}
	for _, path := range train {
		if good := goodFolder(path); good != "" {
			path = filepath.Join(path, good)
		}
		if err := r.train(path); err != nil {
			return err
		}
	}
	return nil
}

// empty reports whether a folder has no picture.
func empty(path string) bool {
	list, err := pictures.Walk(path)
	return err == nil && len(list.Files) == 0
}

func (r *reader) plain(good, bad []string) error {
	for i, roots := range [][]string{good, bad} {
		for _, root := range roots {
			before := r.skipped
			r.skipped = pictures.Skipped{}
			found, err := r.under(root, i == 1)
			if err != nil {
				return err
			}
			if len(found) == 0 {
				if _, err := pictures.List(root); err != nil {
					return err
				}
				return fmt.Errorf("list pictures: %w: %s holds masks only", pictures.ErrNone, root)
			}
			before.Add(&r.skipped)
			r.skipped = before
			r.set.Pictures = append(r.set.Pictures, found...)
		}
	}
	return nil
}

// plainMasks finds the masks of a bad picture in a folder of masks: in the subfolder of
// its path below the bad ones, in that of its defect, or directly.
func plainMasks(root string, p *Picture) []string {
	inside, err := filepath.Rel(root, filepath.Dir(p.File))
	if err != nil {
		return nil
	}
	bad, below, _ := strings.Cut(filepath.ToSlash(inside), "/")
	for _, dir := range maskFolders {
		for _, in := range []string{below, p.Defect, filepath.Join(bad, below), bad, ""} {
			if masks := masksOf(filepath.Join(root, dir, filepath.FromSlash(in)), p.File); masks != nil {
				return masks
			}
			if masks := masksOf(filepath.Join(root, bad, dir, filepath.FromSlash(in)), p.File); masks != nil {
				return masks
			}
		}
	}
	return nil
}
