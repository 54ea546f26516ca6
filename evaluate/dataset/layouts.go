package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pristine/internal/pictures"
)

// goodNames and badNames are folders' and labels' usual names, in lower case.
var (
	goodNames = []string{"good", "ok", "normal", "pristine", "ok_front", "okay", "io", "pass"}
	badNames  = []string{"bad", "defective", "defect", "ng", "ko", "anomaly", "nok", "anomalous", "abnormal", "def_front", "defects", "nio", "fail", "reject"}
)

// known lists the layouts, for errors.
const known = `known layouts:
  good/ (or ok, normal, pristine) beside bad/ (or defective, ng, ko, anomaly)
  test/good, test/DEFECT, ground_truth/DEFECT    MVTec AD, LOCO AD, VisA's 1cls
  test/ok, test/ko, ground_truth/ko              BTAD
  test_public/{good,bad,ground_truth}            MVTec AD 2
  test/{good,DEFECT}/{rgb,gt,xyz}                MVTec 3D-AD
  Data/Images/{Normal,Anomaly}, Data/Masks       VisA
  a CSV of path,label[,defect][,mask][,split]    also VisA's split_csv/1cls.csv
  a JSON with meta, train and test               Real-IAD
or give --good DIR and --bad DIR`

// layout is one way to lay out a folder.
type layout struct {
	fits func(root string) bool
	read func(r *reader) error
}

func layouts() []layout {
	return []layout{
		{func(root string) bool { return isFolder(root, "test_public") }, (*reader).openAD2},
		{func(root string) bool { return goodFolder(filepath.Join(root, "test")) != "" }, (*reader).openTest},
		{func(root string) bool { return isFolder(root, "Data", "Images") }, (*reader).openVisA},
		{func(root string) bool { return goodFolder(root) != "" }, (*reader).openPlain},
	}
}

func (r *reader) openFolder() error {
	for _, l := range layouts() {
		if l.fits(r.root) {
			return l.read(r)
		}
	}
	sets, err := below(r.root, "", 1)
	if err != nil {
		return err
	}
	if len(sets) > 0 {
		var some []string
		for _, s := range sets[:min(3, len(sets))] {
			some = append(some, s.Path)
		}
		return fmt.Errorf("%w: it holds %d data sets, of one object each: name one of them, such as %s, or measure them with edge eval --all", ErrLayout, len(sets), strings.Join(some, ", "))
	}
	return fmt.Errorf("%w: %s\n%s", ErrLayout, there(r.root), known)
}

// there describes the content of a folder.
func there(root string) string {
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) == 0 {
		return "the folder is empty"
	}
	var names []string
	for _, e := range entries {
		switch {
		case pictures.MadeByTool(e.Name()):
		case len(names) == 8:
			names = append(names, "…")
			return "it holds " + strings.Join(names, ", ")
		default:
			names = append(names, e.Name())
		}
	}
	return "it holds " + strings.Join(names, ", ")
}

// goodFolder returns the name of the subfolder of good pictures, or "".
func goodFolder(path string) string {
	names, err := folders(path)
	if err != nil {
		return ""
	}
	for _, name := range names {
		if isAny(name, goodNames) {
			return name
		}
	}
	return ""
}

// openTest reads a folder with test and train: MVTec AD (Bergmann et al., CVPR
// 2019), MVTec LOCO AD (IJCV 2022), MVTec 3D-AD (VISAPP 2022), BTAD (Mishra et
// al., ISIE 2021), and VisA as its authors' script lays it out (1cls).
func (r *reader) openTest() error {
	test := filepath.Join(r.root, "test")
	kinds, err := folders(test)
	if err != nil {
		return err
	}
	r.set.Layout = "MVTec AD"
	switch {
	case isFolder(test, "ok") && isFolder(test, "ko"):
		r.set.Layout = "BTAD"
	case len(kinds) == 2 && isFolder(test, "good") && isFolder(test, "bad"):
		r.set.Layout = "good and bad in test (VisA's 1cls)"
	}
	return r.tested(test, kinds)
}

// tested reads the folders of a test split, and then those for training.
func (r *reader) tested(test string, kinds []string) error {
	for _, kind := range kinds {
		if isAny(kind, maskFolders) {
			continue
		}
		if err := r.kind(test, kind); err != nil {
			return err
		}
	}
	return r.trainAndValidation()
}

// kind reads the test pictures of one kind, in the folder of its name or in rgb below
// it.
func (r *reader) kind(test, kind string) error {
	folder, truth := filepath.Join(test, kind), filepath.Join(r.root, "ground_truth", kind)
	if isFolder(folder, "rgb") {
		r.set.Layout = "MVTec 3D-AD"
		folder, truth = filepath.Join(folder, "rgb"), filepath.Join(folder, "gt")
	}
	bad := !isAny(kind, goodNames)
	found, err := r.under(folder, bad)
	if err != nil {
		return err
	}
	for i := range found {
		p := &found[i]
		if !bad {
			continue
		}
		if !isAny(kind, badNames) {
			p.Defect = kind
		}
		inside, err := filepath.Rel(folder, filepath.Dir(p.File))
		if err != nil {
			return err
		}
		for _, dir := range []string{filepath.Join(truth, inside), filepath.Join(test, "ground_truth", kind, inside)} {
			if masks := masksOf(dir, p.File); masks != nil {
				p.Masks = masks
				break
			}
		}
		if len(p.Masks) > 0 && filepath.Dir(filepath.Dir(p.Masks[0])) == truth {
			r.set.Layout = "MVTec LOCO AD"
		}
	}
	r.set.Pictures = append(r.set.Pictures, found...)
	return nil
}

func (r *reader) trainAndValidation() error {
	for _, split := range []string{"train", "validation", "valid", "val"} {
		good := goodFolder(filepath.Join(r.root, split))
		if good == "" {
			continue
		}
		if isFolder(r.root, split, good, "rgb") {
			good = filepath.Join(good, "rgb")
		}
		if err := r.train(r.root, split, good); err != nil {
			return err
		}
	}
	return nil
}

// openAD2 reads the layout of MVTec AD 2 (Heckler-Kram et al., 2025). Its
// private test sets have no labels.
func (r *reader) openAD2() error {
	r.set.Layout = "MVTec AD 2"
	test := filepath.Join(r.root, "test_public")
	kinds, err := folders(test)
	if err != nil {
		return err
	}
	return r.tested(test, kinds)
}
