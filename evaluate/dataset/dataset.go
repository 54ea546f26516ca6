package dataset

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Picture is a labelled picture file.
type Picture struct {
	File   string
	Bad    bool
	Defect string   // kind of the defect; "" for good ones and if the label does not name it
	Masks  []string // mask files, which are united: pixels that are not black are bad; may be empty
	Train  bool     // reserved for references by the layout
}

// Set is a labelled data set.
type Set struct {
	Pictures []Picture // sorted by File
	Layout   string    // its name, such as "MVTec AD"
	Warnings []string  // sentences about missing or unused files, for the user
	Details  []string  // sentences about files that were skipped as intended
}

// ErrLayout is wrapped by an error that is returned if a folder or table does not say
// which pictures are good and which are bad.
var ErrLayout = errors.New("no labels found")

// Open reads the labels of a folder, of a CSV file, or of a JSON file.
func Open(path string) (*Set, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open data set: %w", err)
	}
	r := &reader{root: filepath.Clean(path), set: &Set{}}
	switch {
	case info.IsDir():
		err = r.openFolder()
	case strings.EqualFold(filepath.Ext(path), ".json"):
		err = r.openJSON()
	default:
		err = r.openTable()
	}
	if err == nil {
		err = r.finish(info.IsDir())
	}
	if err != nil {
		return nil, fmt.Errorf("open data set %s: %w", path, err)
	}
	return r.set, nil
}

// Plain labels every picture below the folders or files of good and bad parts. The
// subfolders of a folder of bad parts name the defects.
func Plain(good, bad []string) (*Set, error) {
	r := &reader{set: &Set{Layout: "folders of good and bad pictures"}}
	if err := r.plain(good, bad); err != nil {
		return nil, err // says that it lists pictures
	}
	r.sort()
	if err := r.once(); err != nil {
		return nil, fmt.Errorf("list pictures: %w", err)
	}
	r.note()
	return r.set, nil
}

// finish checks and counts the result.
func (r *reader) finish(folder bool) error {
	r.sort()
	if err := r.once(); err != nil {
		return err
	}
	if err := both(r.set.Pictures); err != nil {
		return err
	}
	if folder {
		if err := r.unused(); err != nil {
			return err
		}
	}
	r.note()
	return nil
}

func (r *reader) sort() {
	slices.SortFunc(r.set.Pictures, func(a, b Picture) int { return strings.Compare(a.File, b.File) })
}

// both returns an error if there are no good or no bad pictures.
func both(pictures []Picture) error {
	good, bad := 0, 0
	for _, p := range pictures {
		switch {
		case p.Train:
		case p.Bad:
			bad++
		default:
			good++
		}
	}
	if good == 0 || bad == 0 {
		return fmt.Errorf("%w: it needs good and bad pictures: there are %d and %d", ErrLayout, good, bad)
	}
	return nil
}

// once refuses a file that is labelled twice, under one name or by links. A file that is
// both reserved for references and measured is only measured.
func (r *reader) once() error {
	first := map[string]*Picture{}
	again := map[string]bool{} // files kept for references that are measured
	for i := range r.set.Pictures {
		p := &r.set.Pictures[i]
		real, err := filepath.EvalSymlinks(p.File)
		if err == nil {
			real, err = filepath.Abs(real)
		}
		if err != nil {
			return err
		}
		other := first[real]
		switch {
		case other == nil:
			first[real] = p
		case other.Bad != p.Bad:
			return fmt.Errorf("%s is among the good and the bad ones, as %s", other.File, p.File)
		case other.Train != p.Train:
			again[real] = true
		case !isLink(p.File):
			return fmt.Errorf("%s is given twice", p.File)
		}
	}
	if len(again) == 0 {
		return nil
	}
	r.set.Pictures = slices.DeleteFunc(r.set.Pictures, func(p Picture) bool {
		real, err := filepath.EvalSymlinks(p.File)
		if err == nil {
			real, err = filepath.Abs(real)
		}
		return err == nil && p.Train && again[real]
	})
	r.warn("%d pictures are kept for references and measured as well: they are only measured", len(again))
	return nil
}

// isLink reports whether a file is a link. Two links may lead to one file in a store
// that deduplicates files.
func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&os.ModeSymlink != 0
}
