package dataset

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
)

// openVisA reads the layout of VisA (Zou et al., ECCV 2022) for one object.
// image_anno.csv has the kinds of defects.
func (r *reader) openVisA() error {
	r.set.Layout = "VisA"
	images := filepath.Join(r.root, "Data", "Images")
	good, err := r.under(filepath.Join(images, "Normal"), false)
	if err != nil {
		return err
	}
	bad, err := r.under(filepath.Join(images, "Anomaly"), true)
	if err != nil {
		return err
	}
	kinds := r.kindsOfVisA()
	for i := range bad {
		bad[i].Masks = masksOf(filepath.Join(r.root, "Data", "Masks", "Anomaly"), bad[i].File)
		bad[i].Defect = kinds[filepath.Base(bad[i].File)]
	}
	r.set.Pictures = append(good, bad...)
	return nil
}

// kindsOfVisA returns the defects of bad pictures by their base names, as
// image_anno.csv has them: image,label,mask.
func (r *reader) kindsOfVisA() map[string]string {
	kinds := map[string]string{}
	f, err := os.Open(filepath.Join(r.root, "image_anno.csv"))
	if err != nil {
		r.detail("image_anno.csv is not there: the kinds of the defects are not known")
		return kinds
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		r.warn("image_anno.csv is damaged, so the kinds of the defects are not known: %v", err)
		return kinds
	}
	for _, row := range rows {
		if len(row) >= 2 && strings.Contains(row[0], "/Anomaly/") {
			kinds[filepath.Base(filepath.FromSlash(row[0]))] = strings.TrimSpace(row[1])
		}
	}
	return kinds
}
