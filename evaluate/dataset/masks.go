package dataset

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pristine/internal/pictures"
)

// maskSuffixes are the suffixes of a mask's name after the name of its picture.
var maskSuffixes = []string{"_mask", "", "_gt", "_GT", "_label"}

// masksOf returns the masks of a picture in a folder: the file with its name and a
// suffix such as _mask or none, or all pictures in the folder of its name.
func masksOf(dir, picture string) []string {
	base := filepath.Base(picture)
	stem := strings.TrimSuffix(base, filepath.Ext(base))
	for _, suffix := range maskSuffixes {
		for _, ending := range endingsOf(filepath.Ext(base)) {
			if path := filepath.Join(dir, stem+suffix+ending); isFile(path) && !same(path, picture) {
				return []string{path}
			}
		}
	}
	if !isFolder(dir, stem) {
		return nil
	}
	list, err := pictures.Walk(filepath.Join(dir, stem))
	if err != nil {
		return nil
	}
	return list.Files
}

// endingsOf returns the possible extensions of a mask: PNG first, then the picture's.
func endingsOf(picture string) []string {
	endings := []string{".png", picture}
	for _, e := range pictures.Endings {
		endings = append(endings, e, strings.ToUpper(e))
	}
	return endings
}

func same(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// besideMasks are masks among pictures.
type besideMasks struct {
	is map[string]bool
	of map[string]string
}

// masksBeside finds masks in the folders of their pictures: NAME_mask.png beside
// NAME.png, and NAME.png beside NAME.jpg.
func masksBeside(files []string) besideMasks {
	m := besideMasks{is: map[string]bool{}, of: map[string]string{}}
	byStem := map[string][]string{}
	for _, file := range files {
		stem := strings.TrimSuffix(file, filepath.Ext(file))
		byStem[stem] = append(byStem[stem], file)
	}
	for _, file := range files {
		stem := strings.TrimSuffix(file, filepath.Ext(file))
		if png := slices.IndexFunc(byStem[stem], isPNG); png >= 0 && isJPEG(file) {
			m.of[file], m.is[byStem[stem][png]] = byStem[stem][png], true
			continue
		}
		for _, suffix := range maskSuffixes {
			if masks := byStem[stem+suffix]; suffix != "" && len(masks) == 1 {
				m.of[file], m.is[masks[0]] = masks[0], true
			}
		}
	}
	return m
}

func isPNG(file string) bool { return strings.EqualFold(filepath.Ext(file), ".png") }

func isJPEG(file string) bool {
	return isAny(filepath.Ext(file), []string{".jpg", ".jpeg", ".jpe", ".jfif"})
}
