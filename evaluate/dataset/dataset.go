package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Picture is a labelled picture file.
type Picture struct {
	File   string
	Bad    bool
	Defect string // kind of the defect; "" for good ones and where the label does not say
	Mask   string // file whose pixels that are not black are bad; "" without
	Train  bool   // kept apart for references, by the layout
}

// ErrLayout is returned within an error when a folder or table does not say
// which pictures are good and which are bad.
var ErrLayout = errors.New("no labels found")

// endings of picture files.
var endings = []string{".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"}

func isPicture(name string) bool {
	return slices.Contains(endings, strings.ToLower(filepath.Ext(name))) && !strings.HasPrefix(filepath.Base(name), ".")
}

// Open reads the labels of a folder or of a CSV file.
func Open(path string) ([]Picture, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open data set: %w", err)
	}
	var found []Picture
	switch {
	case !info.IsDir():
		found, err = openTable(path)
	case isFolder(path, "test", "good"):
		found, err = openMVTec(path)
	case isFolder(path, "Data", "Images"):
		found, err = openVisA(path)
	default:
		found, err = openPlain(path)
	}
	if err != nil {
		return nil, fmt.Errorf("open data set %s: %w", path, err)
	}
	slices.SortFunc(found, func(a, b Picture) int { return strings.Compare(a.File, b.File) })
	if err := both(found); err != nil {
		return nil, fmt.Errorf("open data set %s: %w", path, err)
	}
	return found, nil
}

// both refuses what cannot be measured.
func both(pictures []Picture) error {
	good, bad := 0, 0
	for i, p := range pictures {
		if i > 0 && p.File == pictures[i-1].File {
			return fmt.Errorf("%s is listed twice", p.File)
		}
		switch {
		case p.Bad:
			bad++
		case !p.Train:
			good++
		}
	}
	if good == 0 || bad == 0 {
		return fmt.Errorf("%w: it takes good and bad pictures: there are %d and %d", ErrLayout, good, bad)
	}
	return nil
}

// Plain labels every picture below the folders or files of good and bad parts.
// Folders directly within a folder of bad ones name the defects.
func Plain(good, bad []string) ([]Picture, error) {
	var all []Picture
	for i, roots := range [][]string{good, bad} {
		for _, root := range roots {
			found, err := under(root, i == 1)
			if err != nil {
				return nil, err
			}
			if len(found) == 0 {
				return nil, fmt.Errorf("list pictures: %s holds no .jpg, .png, .bmp, .tif or .webp", root)
			}
			all = append(all, found...)
		}
	}
	seen := map[string]bool{} // by label
	for _, p := range all {
		path, err := filepath.Abs(p.File)
		if err != nil {
			return nil, fmt.Errorf("list pictures: %w", err)
		}
		if label, twice := seen[path]; twice {
			if label != p.Bad {
				return nil, fmt.Errorf("list pictures: %s is among the good and the bad ones", p.File)
			}
			return nil, fmt.Errorf("list pictures: %s is given twice", p.File)
		}
		seen[path] = p.Bad
	}
	return all, nil
}

// under lists the pictures below a folder, or the file itself, sorted.
func under(root string, bad bool) ([]Picture, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, fmt.Errorf("list pictures: %w", err)
	}
	if !info.IsDir() {
		return []Picture{{File: root, Bad: bad}}, nil
	}
	var found []Picture
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !isPicture(path) {
			return err
		}
		p := Picture{File: path, Bad: bad}
		if inside, _ := filepath.Rel(root, path); bad && strings.ContainsRune(inside, filepath.Separator) {
			p.Defect, _, _ = strings.Cut(filepath.ToSlash(inside), "/")
		}
		found = append(found, p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list pictures: %w", err)
	}
	return found, nil
}

func isFolder(path ...string) bool {
	info, err := os.Stat(filepath.Join(path...))
	return err == nil && info.IsDir()
}

// Draw takes k references from the good pictures, those that the layout keeps
// for training first, and gives the indices of the references and of all other
// pictures that are not kept for training. The same seed draws the same ones.
func Draw(pictures []Picture, k int, seed uint64) (references, rest []int, err error) {
	var train, good []int
	for i, p := range pictures {
		switch {
		case p.Train:
			train = append(train, i)
		case !p.Bad:
			good = append(good, i)
		}
	}
	r := rand.New(rand.NewPCG(seed, 0))
	for _, list := range [][]int{train, good} {
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	if from := len(train) + len(good); k >= from || k > len(train) && k-len(train) >= len(good) {
		return nil, nil, fmt.Errorf("draw references: %d of %d good pictures leaves none to measure: give more pictures, or fewer references", k, from)
	}
	references = append(append(references, train...), good...)[:k]
	slices.Sort(references)
	for i, p := range pictures {
		if _, drawn := slices.BinarySearch(references, i); !drawn && !p.Train {
			rest = append(rest, i)
		}
	}
	return references, rest, nil
}
