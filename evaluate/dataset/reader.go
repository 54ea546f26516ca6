package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pristine/internal/pictures"
)

// reader collects a data set.
type reader struct {
	root    string
	set     *Set
	skipped pictures.Skipped
	beside  []string // masks found among the pictures
}

// maskFolders are the usual names of folders with masks, in lower case.
var maskFolders = []string{"ground_truth", "groundtruth", "ground-truth", "gt", "mask", "masks"}

// cloudFolders hold point clouds beside pictures, in lower case.
var cloudFolders = []string{"xyz"}

// under returns the sorted pictures below a folder, or the file itself. It skips folders
// of masks and point clouds, and masks beside their pictures.
func (r *reader) under(root string, bad bool) ([]Picture, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []Picture{{File: root, Bad: bad}}, nil
	}
	list, err := pictures.Walk(root)
	if err != nil {
		return nil, err
	}
	r.skipped.Add(&list.Skipped)
	var found []Picture
	masks := masksBeside(list.Files)
	for _, file := range list.Files {
		inside, err := filepath.Rel(root, file)
		if err != nil {
			return nil, err
		}
		folders := strings.Split(filepath.ToSlash(filepath.Dir(inside)), "/")
		if slices.ContainsFunc(folders, func(f string) bool {
			return isAny(f, maskFolders) || isAny(f, cloudFolders)
		}) {
			continue
		}
		if masks.is[file] {
			r.beside = append(r.beside, file)
			continue
		}
		p := Picture{File: file, Bad: bad}
		if bad {
			if folders[0] != "." {
				p.Defect = folders[0]
			}
			if mask := masks.of[file]; mask != "" {
				p.Masks = []string{mask}
			}
		}
		found = append(found, p)
	}
	return found, nil
}

// train adds the pictures below a folder, if it exists, as good ones that are reserved
// for references.
func (r *reader) train(path ...string) error {
	folder := filepath.Join(path...)
	if !isFolder(folder) {
		return nil
	}
	found, err := r.under(folder, false)
	for i := range found {
		found[i].Train = true
	}
	r.set.Pictures = append(r.set.Pictures, found...)
	return err
}

// folders returns the subfolders of a folder, including links to folders, without those
// of other programs.
func folders(path string) ([]string, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if !pictures.MadeByTool(entry.Name()) && isFolder(path, entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

func isFolder(path ...string) bool {
	info, err := os.Stat(filepath.Join(path...))
	return err == nil && info.IsDir()
}

func isFile(path ...string) bool {
	info, err := os.Stat(filepath.Join(path...))
	return err == nil && info.Mode().IsRegular()
}

// isAny reports whether a name is in a list, ignoring case.
func isAny(name string, list []string) bool { return slices.Contains(list, strings.ToLower(name)) }

// unused counts the pictures of the folder that are neither labelled nor masks.
func (r *reader) unused() error {
	list, err := pictures.Walk(r.root)
	if err != nil {
		return err
	}
	used := map[string]bool{}
	mark := func(file string) error {
		real, err := filepath.EvalSymlinks(file)
		used[real] = true
		return err
	}
	for _, p := range r.set.Pictures {
		for _, file := range append([]string{p.File}, p.Masks...) {
			if err := mark(file); err != nil {
				return err
			}
		}
	}
	for _, file := range r.beside {
		if err := mark(file); err != nil {
			return err
		}
	}
	left := map[string]int{}
	var names []string
	for _, file := range list.Files {
		real, err := filepath.EvalSymlinks(file)
		if err != nil {
			return err
		}
		if used[real] {
			continue
		}
		inside, err := filepath.Rel(r.root, filepath.Dir(file))
		if err != nil {
			return err
		}
		if left[inside]++; left[inside] == 1 {
			names = append(names, inside)
		}
	}
	r.skipped = list.Skipped // of the whole folder, each once
	for i, name := range names {
		if i == maxUnused {
			r.warn("files in %d more folders are not used", len(names)-i)
			break
		}
		what := "not used"
		if isAny(filepath.Base(name), cloudFolders) {
			what = "point clouds, which are not used"
		}
		r.warn("%s: %d %s", name, left[name], what)
	}
	return nil
}

// maxUnused is the largest number of folders that are named.
const maxUnused = 6

// note adds the notes that all layouts share.
func (r *reader) note() {
	bad, without, masks := 0, 0, 0
	for _, p := range r.set.Pictures {
		if p.Bad && !p.Train {
			bad++
			masks += len(p.Masks)
			if len(p.Masks) == 0 {
				without++
			}
		}
	}
	switch {
	case masks == 0:
		r.detail("masks: there are none")
	case without > 0:
		r.warn("masks: %d of %d bad pictures have none", without, bad)
	}
	for _, w := range r.skipped.Warnings() {
		r.warn("%s", w)
	}
	for _, d := range r.skipped.Details() {
		r.detail("%s", d)
	}
}

func (r *reader) warn(format string, args ...any) {
	r.set.Warnings = append(r.set.Warnings, fmt.Sprintf(format, args...))
}

func (r *reader) detail(format string, args ...any) {
	r.set.Details = append(r.set.Details, fmt.Sprintf(format, args...))
}
