package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// goodNames and badNames are folders' usual names, in lower case.
var (
	goodNames = []string{"good", "ok", "normal", "pristine", "ok_front"}
	badNames  = []string{"bad", "defective", "defect", "ng", "anomaly", "anomalous", "def_front"}
)

// openMVTec reads the layout of MVTec AD (Bergmann et al., CVPR 2019).
func openMVTec(root string) ([]Picture, error) {
	test := filepath.Join(root, "test")
	kinds, err := os.ReadDir(test)
	if err != nil {
		return nil, err
	}
	var all []Picture
	for _, kind := range kinds {
		if !kind.IsDir() {
			continue
		}
		bad := kind.Name() != "good"
		found, err := under(filepath.Join(test, kind.Name()), bad)
		if err != nil {
			return nil, err
		}
		for i := range found {
			if bad {
				found[i].Defect = kind.Name()
				found[i].Mask = maskOf(filepath.Join(root, "ground_truth", kind.Name()), found[i].File)
			}
		}
		all = append(all, found...)
	}
	if !isFolder(root, "train", "good") {
		return all, nil
	}
	train, err := under(filepath.Join(root, "train", "good"), false)
	for i := range train {
		train[i].Train = true
	}
	return append(all, train...), err
}

// openVisA reads the layout of VisA (Zou et al., ECCV 2022), one object.
func openVisA(root string) ([]Picture, error) {
	images := filepath.Join(root, "Data", "Images")
	good, err := under(filepath.Join(images, "Normal"), false)
	if err != nil {
		return nil, err
	}
	bad, err := under(filepath.Join(images, "Anomaly"), true)
	for i := range bad {
		bad[i].Mask = maskOf(filepath.Join(root, "Data", "Masks", "Anomaly"), bad[i].File)
	}
	return append(good, bad...), err
}

// openPlain reads a folder with one folder of good and one of bad pictures.
func openPlain(root string) ([]Picture, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	var good, bad, train, other []string
	for _, entry := range entries {
		name := strings.ToLower(entry.Name())
		path := filepath.Join(root, entry.Name())
		switch {
		case slices.Contains(goodNames, name) && entry.IsDir():
			good = append(good, path)
		case slices.Contains(badNames, name) && entry.IsDir():
			bad = append(bad, path)
		case name == "references" && entry.IsDir():
			train = append(train, path)
		case entry.IsDir() && name != "masks" && name != "ground_truth" && !strings.HasPrefix(name, ".") || isPicture(name):
			other = append(other, entry.Name())
		}
	}
	if len(good) == 0 || len(bad) == 0 {
		return nil, fmt.Errorf("%w: wanted folders of good pictures (%s) and of bad ones (%s), or the layout of MVTec (test/good) or of VisA (Data/Images): give --good and --bad, or a CSV",
			ErrLayout, strings.Join(goodNames[:4], ", "), strings.Join(badNames[:6], ", "))
	}
	if len(other) > 0 {
		return nil, fmt.Errorf("%w: %s is neither among the good nor among the bad: name it so, or give --good and --bad", ErrLayout, other[0])
	}
	all, err := Plain(good, bad)
	for i := range all {
		if all[i].Bad {
			all[i].Mask = plainMask(root, all[i])
		}
	}
	for _, root := range train {
		kept, err := under(root, false)
		if err != nil {
			return nil, err
		}
		for i := range kept {
			kept[i].Train = true
		}
		all = append(all, kept...)
	}
	return all, err
}

// plainMask finds a mask in masks/ or ground_truth/, by the defect or beside it.
func plainMask(root string, p Picture) string {
	for _, dir := range []string{"masks", "ground_truth"} {
		for _, inside := range []string{p.Defect, ""} {
			if mask := maskOf(filepath.Join(root, dir, inside), p.File); mask != "" {
				return mask
			}
		}
	}
	return ""
}

// maskOf finds the mask of a picture in a folder: its name with _mask or
// without, as PNG or with the picture's ending; "" without one.
func maskOf(dir, picture string) string {
	base := filepath.Base(picture)
	stem := strings.TrimSuffix(base, filepath.Ext(base))
	for _, name := range []string{stem + "_mask.png", stem + ".png", base} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}
