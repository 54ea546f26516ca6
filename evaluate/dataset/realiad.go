package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// realIAD is the JSON of Real-IAD (Wang et al., CVPR 2024), one object.
type realIAD struct {
	Meta struct {
		Prefix      string `json:"prefix"`
		NormalClass string `json:"normal_class"`
	} `json:"meta"`
	Train []realIADPicture `json:"train"`
	Test  []realIADPicture `json:"test"`
}

type realIADPicture struct {
	Class string `json:"anomaly_class"`
	Image string `json:"image_path"`
	Mask  string `json:"mask_path"` // null for good pictures
}

// openJSON reads Real-IAD's file. The pictures are in the folder of its prefix, within
// realiad_1024 or similar beside the folder of the file.
func (r *reader) openJSON() error {
	data, err := os.ReadFile(r.root)
	if err != nil {
		return err
	}
	r.set.Layout = "Real-IAD"
	return r.parseRealIAD(data, filepath.Dir(r.root))
}

func (r *reader) parseRealIAD(data []byte, dir string) error {
	var d realIAD
	if err := json.Unmarshal(data, &d); err != nil {
		return fmt.Errorf("%w: it is not JSON like Real-IAD's: %w\n%s", ErrLayout, err, known)
	}
	if len(d.Test) == 0 {
		return fmt.Errorf(`%w: it has no "test": [{"anomaly_class", "image_path", "mask_path"}, …]`+"\n%s", ErrLayout, known)
	}
	if d.Meta.NormalClass == "" {
		d.Meta.NormalClass = "OK"
	}
	dirs := realIADFolders(dir, d.Meta.Prefix)
	var mistakes []error
	for i, list := range [][]realIADPicture{d.Train, d.Test} {
		for _, from := range list {
			p, err := from.picture(d.Meta.NormalClass, dirs)
			p.Train = i == 0
			switch {
			case err != nil:
				mistakes = append(mistakes, err)
			case p.Train && p.Bad:
				mistakes = append(mistakes, fmt.Errorf("%s: a bad picture (%s) is in train: references must be good", from.Image, from.Class))
			default:
				r.set.Pictures = append(r.set.Pictures, p)
			}
		}
	}
	if n := len(mistakes); n > maxMistakes {
		mistakes = append(mistakes[:maxMistakes], fmt.Errorf("and %d more", n-maxMistakes))
	}
	return errors.Join(mistakes...)
}

// maxMistakes is the largest number of mistakes that are listed.
const maxMistakes = 20

func (from *realIADPicture) picture(normal string, dirs []string) (Picture, error) {
	if from.Image == "" || from.Class == "" {
		return Picture{}, errors.New("an entry has no image_path or no anomaly_class")
	}
	p := Picture{Bad: from.Class != normal}
	var err, maskErr error
	p.File, err = file(from.Image, dirs)
	if !p.Bad {
		return p, err
	}
	p.Defect = from.Class
	if from.Mask != "" {
		p.Masks = make([]string, 1)
		p.Masks[0], maskErr = file(from.Mask, dirs)
	}
	return p, errors.Join(err, maskErr)
}

// realIADFolders returns the folders that may contain the pictures, relative to the
// folder of the file.
func realIADFolders(dir, prefix string) []string {
	prefix = filepath.FromSlash(strings.Trim(prefix, "/"))
	var all []string
	for _, up := range []string{dir, filepath.Dir(dir), filepath.Dir(filepath.Dir(dir))} {
		all = append(all, filepath.Join(up, prefix))
		names, err := folders(up)
		if err != nil {
			continue
		}
		slices.Sort(names)
		for _, name := range names {
			if strings.HasPrefix(strings.ToLower(name), "realiad_") && isFolder(up, name, prefix) {
				all = append(all, filepath.Join(up, name, prefix))
			}
		}
	}
	return all
}
