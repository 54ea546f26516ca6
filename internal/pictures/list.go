package pictures

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Endings are those of the files that are read, in lower case.
var Endings = []string{".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".tif", ".tiff", ".webp", ".gif"}

// ErrNone is returned within an error when a folder holds no picture.
var ErrNone = errors.New("no pictures found")

// Listing is what a folder holds.
type Listing struct {
	Files   []string // sorted
	Folders []string // that were read, the listed one first
	Skipped Skipped
}

// Is reports whether a file's name is that of a picture which is read.
func Is(name string) bool {
	return slices.Contains(Endings, strings.ToLower(filepath.Ext(name))) && !MadeByTool(filepath.Base(name))
}

// List lists the pictures below a folder. It returns an error with ErrNone when
// there are none.
func List(root string) (*Listing, error) {
	l, err := Walk(root)
	if err != nil {
		return nil, err
	}
	if len(l.Files) == 0 {
		return nil, fmt.Errorf("list pictures: %w: %s holds no %s%s", ErrNone, root, endingsText(), l.Skipped.because())
	}
	return l, nil
}

func endingsText() string {
	return strings.Join(Endings[:len(Endings)-1], ", ") + " or " + Endings[len(Endings)-1]
}

// Walk lists the pictures below a folder, none if there are none. The folders in
// without, by their paths, are left out with all that they hold.
func Walk(root string, without ...string) (*Listing, error) {
	w := &walker{list: &Listing{}, read: map[string]bool{}, without: map[string]bool{}}
	for _, path := range without {
		w.without[filepath.Clean(path)] = true
		if real, err := filepath.EvalSymlinks(path); err == nil {
			if real, err = filepath.Abs(real); err == nil {
				w.without[real] = true
			}
		}
	}
	real, err := filepath.EvalSymlinks(root)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return nil, fmt.Errorf("list pictures: %w", err)
	}
	// A link to a folder that holds this one would bring its neighbours in.
	for dir := filepath.Dir(real); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		w.read[dir] = true
	}
	if err := w.folder(root, real); err != nil {
		return nil, fmt.Errorf("list pictures: %w", err)
	}
	// Linked folders come last, so that a folder is listed by its own name
	// where a link leads to it as well.
	for len(w.links) > 0 {
		path := w.links[0]
		w.links = w.links[1:]
		real, err := filepath.EvalSymlinks(path)
		if err == nil {
			real, err = filepath.Abs(real)
		}
		if err != nil {
			return nil, fmt.Errorf("list pictures: %w", err)
		}
		if w.read[real] {
			w.list.Skipped.add(readTwice, path)
			continue
		}
		if err := w.folder(path, real); err != nil {
			return nil, fmt.Errorf("list pictures: %w", err)
		}
	}
	slices.Sort(w.list.Files)
	return w.list, nil
}

type walker struct {
	list    *Listing
	read    map[string]bool // folders by their real paths
	links   []string        // to folders, not yet followed
	without map[string]bool // folders that are left out
}

// folder reads one folder and those in it. path is its name for the user, real
// where it lies.
func (w *walker) folder(path, real string) error {
	if w.read[real] {
		w.list.Skipped.add(readTwice, path)
		return nil
	}
	if w.without[filepath.Clean(path)] || w.without[real] {
		return nil
	}
	w.read[real] = true
	w.list.Folders = append(w.list.Folders, path)
	entries, err := os.ReadDir(real)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := w.entry(entry, filepath.Join(path, entry.Name()), filepath.Join(real, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) entry(entry fs.DirEntry, path, real string) error {
	if MadeByTool(entry.Name()) {
		w.list.Skipped.add(byTool, path)
		return nil
	}
	if entry.IsDir() {
		return w.folder(path, real)
	}
	mode := entry.Type()
	if mode&fs.ModeSymlink != 0 {
		info, err := os.Stat(real)
		if err != nil {
			w.list.Skipped.add(brokenLink, path)
			return nil
		}
		if info.IsDir() {
			w.links = append(w.links, path)
			return nil
		}
		mode = info.Mode().Type()
	}
	switch {
	case !mode.IsRegular():
		w.list.Skipped.add(notAFile, path)
	case Is(entry.Name()):
		w.list.Files = append(w.list.Files, path)
	default:
		w.list.Skipped.add(unread, path)
	}
	return nil
}
