// Package dataset reads the labels of a data set: which pictures are good or bad, the
// kinds of their defects, and their masks.
//
//	set, err := dataset.Open("bottle")
//	fmt.Println(set.Layout, set.Notes)
//
// It recognises these layouts by the content of a folder:
//
//	MVTec AD       test/good, test/DEFECT, ground_truth/DEFECT/NAME_mask.png; train/good
//	MVTec LOCO AD  the same with ground_truth/DEFECT/NAME/*.png: masks that are united
//	MVTec AD 2     test_public/good, test_public/bad, test_public/ground_truth/bad; train/good
//	MVTec 3D-AD    test/good/rgb, test/DEFECT/rgb, test/DEFECT/gt; train/good/rgb
//	BTAD           test/ok, test/ko, ground_truth/ko; train/ok
//	VisA           Data/Images/Normal, Data/Images/Anomaly, Data/Masks/Anomaly,
//	               image_anno.csv; or, as 1cls, test/good, test/bad, ground_truth/bad
//	good and bad   good/ (or ok, normal, pristine, …) beside bad/ (or defective,
//	               ng, ko, anomaly, …); folders within bad name the defects;
//	               masks/ or ground_truth/; references/
//	CSV            a heading with path and label, and any of defect, mask, split;
//	               VisA's split_csv/1cls.csv and tables like it
//	JSON           Real-IAD's, with meta, train and test
//
// Good pictures in train, validation or references are reserved for references and
// never measured. Masks in the folders of pictures are recognised as masks.
//
// Promises: every picture file of a folder is labelled, or is a mask, or is counted in
// Warnings or Details with the reason, or the folder is refused. Pictures are sorted by
// path. Nothing is decoded.
//
// Non-promises: it does not check that a mask fits its picture.
package dataset
